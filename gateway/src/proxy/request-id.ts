import { randomFillSync } from 'node:crypto';

const DIGITS = 32;
const AT_ONCE = 1024;

const bytes = Buffer.allocUnsafe((AT_ONCE * DIGITS) / 2);
let digits = '';
let offset = 0;

/** A fresh request id: 32 lower-case hexadecimal digits, random. Many are written at once. */
export function createRequestId(): string {
  if (offset === digits.length) {
    digits = randomFillSync(bytes).toString('hex');
    offset = 0;
  }
  offset += DIGITS;
  return digits.slice(offset - DIGITS, offset);
}
