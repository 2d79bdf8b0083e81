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
  const hex = hash('sha1', hashed(namespace, name), 'hex');
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

/** A namespace and a name, put together again and again. Longer names have a place of their own. */
const shared = Buffer.alloc(16 + 512);

function hashed(namespace: Buffer, name: string): Buffer {
  // A character of UTF-16 takes at most three bytes.
  const place = name.length * 3 <= shared.length - 16 ? shared : Buffer.alloc(16 + name.length * 3);
  place.set(namespace);
  return place.subarray(0, 16 + place.write(name, 16));
}
