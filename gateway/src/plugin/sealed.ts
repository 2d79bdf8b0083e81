import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
const VERSION = 1;
const SALT_BYTES = 16;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + SALT_BYTES;

/**
 * Seals texts so that only who knows the secret can read them, or make one that opens. Each has a key of
 * its own, derived from a random salt, so that however many there are no key is used twice.
 */
export class Seal {
  readonly #master: Buffer;
  readonly #purpose: Buffer;

  /**
   * @param secret of any length; whoever knows it can make what opens
   * @param purpose what was sealed for another does not open
   */
  constructor(secret: string, purpose: string) {
    this.#master = Buffer.from(hkdfSync('sha256', secret, '', 'sluice seal', 32));
    this.#purpose = Buffer.from(purpose);
  }

  /** Seals a text, in the letters of base64url. */
  seal(text: string): string {
    const head = Buffer.concat([Buffer.of(VERSION), randomBytes(SALT_BYTES)]);
    const { key, iv } = this.#keysFor(head);
    const cipher = createCipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.concat([head, this.#purpose]));
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([head, sealed, cipher.getAuthTag()]).toString('base64url');
  }

  /** Opens what was sealed; null for anything else. Never throws. */
  open(sealed: string): string | null {
    const bytes = Buffer.from(sealed, 'base64url');
    if (bytes.length < HEAD_BYTES + TAG_BYTES || bytes[0] !== VERSION) return null;
    // Other spellings of the same bytes are not the same cookie.
    if (sealed !== bytes.toString('base64url')) return null;
    const head = bytes.subarray(0, HEAD_BYTES);
    const { key, iv } = this.#keysFor(head);
    const decipher = createDecipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.concat([head, this.#purpose]));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      const text = decipher.update(bytes.subarray(HEAD_BYTES, -TAG_BYTES));
      return Buffer.concat([text, decipher.final()]).toString('utf8');
    } catch {
      // Somebody else's, or changed on the way.
      return null;
    }
  }

  #keysFor(head: Buffer): { key: Buffer; iv: Buffer } {
    const derived = createHmac('sha512', this.#master).update(head).digest();
    return { key: derived.subarray(0, 32), iv: derived.subarray(32, 44) };
  }
}
