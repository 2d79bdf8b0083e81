import { hash } from 'node:crypto';

/** Hashes by the bytes that they take in at once. */
const BLOCKS = { sha1: 64, sha256: 64, sha384: 128, sha512: 128 } as const;

export type Hash = keyof typeof BLOCKS;

/** What is hashed is put together here: more than most heads have to sign. */
const usual = Buffer.allocUnsafeSlow(8192);
const usualWords = new Int32Array(usual.buffer);
/** Beginnings of it by their length: the texts of a client are all about as long. */
const beginnings: Buffer[] = [];

/**
 * A secret for HMAC (RFC 2104), prepared for many texts. With an `Hmac` object of Node's for each text
 * most of the time goes into the objects.
 */
export class HmacKey {
  readonly #hash: Hash;
  readonly #inner: Int32Array;
  readonly #outer: Int32Array;

  constructor(algorithm: Hash, secret: string) {
    const block = BLOCKS[algorithm];
    const bytes = Buffer.from(secret, 'utf8');
    const key = Buffer.alloc(block);
    key.set(bytes.length > block ? hash(algorithm, bytes, 'buffer') : bytes);
    this.#hash = algorithm;
    this.#inner = wordsOf(key.map((byte) => byte ^ 0x36));
    this.#outer = wordsOf(key.map((byte) => byte ^ 0x5c));
  }

  /**
   * @param text a latin1 text, as heads are: what is signed is its bytes
   * @returns the signature as a latin1 text
   */
  sign(text: string): string {
    return this.#pass(this.#outer, this.#pass(this.#inner, text));
  }

  /** One of the two hashes, of a prepared block and a text, as a latin1 text. */
  #pass(prepared: Int32Array, text: string): string {
    const block = prepared.byteLength;
    const length = block + text.length;
    if (length > usual.length) {
      const whole = [Buffer.from(prepared.buffer), Buffer.from(text, 'latin1')];
      return hash(this.#hash, Buffer.concat(whole), 'latin1');
    }
    for (let i = 0; i < prepared.length; i++) usualWords[i] = prepared[i]!;
    usual.write(text, block, 'latin1');
    const bytes = (beginnings[length] ??= usual.subarray(0, length));
    return hash(this.#hash, bytes, 'latin1');
  }
}

/** Words are copied faster than bytes. */
function wordsOf(block: Uint8Array): Int32Array {
  return new Int32Array(Uint8Array.from(block).buffer);
}
