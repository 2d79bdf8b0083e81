import { hash } from 'node:crypto';

/** Hashes by the bytes that they take in at once. */
const BLOCKS = { sha1: 64, sha256: 64, sha384: 128, sha512: 128 } as const;

export type Hash = keyof typeof BLOCKS;

/** What is hashed is put together here: more than most heads have to sign. */
const usual = Buffer.allocUnsafeSlow(8192);

/**
 * A secret for HMAC (RFC 2104), prepared for many texts. With an `Hmac` object of Node's for each text
 * most of the time goes into the objects.
 */
export class HmacKey {
  readonly #hash: Hash;
  readonly #block: number;
  readonly #inner: Buffer;
  readonly #outer: Buffer;

  constructor(algorithm: Hash, secret: string) {
    const block = BLOCKS[algorithm];
    const bytes = Buffer.from(secret, 'utf8');
    const key = Buffer.alloc(block);
    key.set(bytes.length > block ? hash(algorithm, bytes, 'buffer') : bytes);
    this.#hash = algorithm;
    this.#block = block;
    this.#inner = key.map((byte) => byte ^ 0x36) as Buffer;
    this.#outer = key.map((byte) => byte ^ 0x5c) as Buffer;
  }

  /** @param text a latin1 text, as heads are: what is signed is its bytes */
  sign(text: string): Buffer {
    return Buffer.from(this.#pass(this.#outer, this.#pass(this.#inner, text)), 'latin1');
  }

  /** One of the two hashes, of a prepared block and a text, as a latin1 text. */
  #pass(prepared: Buffer, text: string): string {
    const length = this.#block + text.length;
    const room = length <= usual.length ? usual : Buffer.allocUnsafe(length);
    room.set(prepared);
    room.write(text, this.#block, 'latin1');
    return hash(this.#hash, room.subarray(0, length), 'latin1');
  }
}
