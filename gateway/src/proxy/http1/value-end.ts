import { FIELD_VALUE } from './characters.ts';

/** A bit in each octet of a word. */
const HIGH = 0x80808080;
const SPACES = 0x20202020;
const DELETES = 0x7f7f7f7f;
const ONES = 0x01010101;

/** What was read from last, and the same by words. */
let known: Uint8Array | null = null;
let words: Int32Array = new Int32Array(0);
/** All that was read from: a thread reads into one buffer, and those of HTTP/2 stand in another. */
const seen = new WeakMap<Uint8Array, Int32Array>();

/**
 * Where a field value ends: at the first octet that none may have, see `FIELD_VALUE`.
 *
 * Four octets at once are looked at, which takes a third of the time where credentials are long. An
 * octet is below a space, or DEL, where a subtraction borrows that would not otherwise.
 *
 * @param position in `bytes`
 * @param end of what has arrived
 * @returns `end` when all of it may be in a value
 */
export function valueEnd(bytes: Uint8Array, position: number, end: number): number {
  let p = position;
  if (bytes === known || isByWords(bytes)) {
    while ((p & 3) !== 0 && p < end && FIELD_VALUE[bytes[p]!] === 1) p++;
    if ((p & 3) === 0) {
      const last = end >> 2;
      let i = p >> 2;
      while (i < last) {
        const word = words[i]!;
        const rest = word ^ DELETES;
        if (((((word - SPACES) | 0) & ~word) | (((rest - ONES) | 0) & ~rest)) & HIGH) break;
        i++;
      }
      p = i << 2;
    }
  }
  // Also what is left: a word with the end in it, or with a tab, which is rare in values.
  while (p < end && FIELD_VALUE[bytes[p]!] === 1) p++;
  return p;
}

/** Whether these can be looked at by words from now on: whole memory alone, as threads read into. */
function isByWords(bytes: Uint8Array): boolean {
  if (bytes.byteOffset !== 0 || bytes.length !== bytes.buffer.byteLength) return false;
  if ((bytes.length & 3) !== 0) return false;
  let same = seen.get(bytes);
  if (same === undefined) seen.set(bytes, (same = new Int32Array(bytes.buffer)));
  known = bytes;
  words = same;
  return true;
}
