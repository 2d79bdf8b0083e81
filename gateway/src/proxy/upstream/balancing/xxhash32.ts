const PRIME_1 = 0x9e3779b1 | 0;
const PRIME_2 = 0x85ebca77 | 0;
const PRIME_3 = 0xc2b2ae3d | 0;
const PRIME_4 = 0x27d4eb2f;
const PRIME_5 = 0x165667b1;

/** Bytes that are taken in at once, in four lanes. */
const STRIPE = 16;

/**
 * The 32-bit hash XXH32 of `bytes`, with a seed of 0.
 *
 * @param bytes one character each; of other characters the low byte counts
 * @returns 0 to 2^32 - 1
 */
export function xxhash32(bytes: string): number {
  const { length } = bytes;
  let at = 0;
  let hash = PRIME_5;
  if (length >= STRIPE) {
    let lane1 = (PRIME_1 + PRIME_2) | 0;
    let lane2 = PRIME_2;
    let lane3 = 0;
    let lane4 = -PRIME_1 | 0;
    for (; at <= length - STRIPE; at += STRIPE) {
      lane1 = round(lane1, word(bytes, at));
      lane2 = round(lane2, word(bytes, at + 4));
      lane3 = round(lane3, word(bytes, at + 8));
      lane4 = round(lane4, word(bytes, at + 12));
    }
    hash = (rotate(lane1, 1) + rotate(lane2, 7) + rotate(lane3, 12) + rotate(lane4, 18)) | 0;
  }
  hash = (hash + length) | 0;
  for (; at <= length - 4; at += 4) {
    hash = (hash + Math.imul(word(bytes, at), PRIME_3)) | 0;
    hash = Math.imul(rotate(hash, 17), PRIME_4);
  }
  for (; at < length; at++) {
    hash = (hash + Math.imul(bytes.charCodeAt(at) & 0xff, PRIME_5)) | 0;
    hash = Math.imul(rotate(hash, 11), PRIME_1);
  }
  hash = Math.imul(hash ^ (hash >>> 15), PRIME_2);
  hash = Math.imul(hash ^ (hash >>> 13), PRIME_3);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function round(lane: number, input: number): number {
  return Math.imul(rotate((lane + Math.imul(input, PRIME_2)) | 0, 13), PRIME_1);
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

/** Four bytes, the lowest first. */
function word(bytes: string, at: number): number {
  return (
    (bytes.charCodeAt(at) & 0xff) |
    ((bytes.charCodeAt(at + 1) & 0xff) << 8) |
    ((bytes.charCodeAt(at + 2) & 0xff) << 16) |
    ((bytes.charCodeAt(at + 3) & 0xff) << 24)
  );
}
