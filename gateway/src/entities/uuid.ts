import { hash } from 'node:crypto';

/** The 16 bytes of a UUID. */
export function uuidBytes(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}

/**
 * The version 5 UUID of a name.
 *
 * @param namespace as `uuidBytes` gives it
 */
export function uuidV5(namespace: Buffer, name: string): string {
  const length = Buffer.byteLength(name);
  const input = Buffer.allocUnsafe(16 + length);
  namespace.copy(input);
  input.write(name, 16);
  const hex = hash('sha1', input, 'hex');
  // Put together in place: of so many ids, the pieces would be a good part of all that a load makes.
  let from = 0;
  for (let to = 0; to < text.length; to += 1) {
    const isDash = to === 8 || to === 13 || to === 18 || to === 23;
    text[to] = isDash ? DASH : hex.charCodeAt(from++);
  }
  text[14] = VERSION_5;
  text[19] = variants.charCodeAt(parseInt(hex.charAt(16), 16) & 0x3);
  return text.toString('latin1');
}

const text = Buffer.alloc(36);
const DASH = 0x2d;
const VERSION_5 = 0x35;
const variants = '89ab';
