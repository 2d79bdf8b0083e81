import { randomFillSync } from 'node:crypto';

const BYTES = 16;
const pool = Buffer.allocUnsafe(BYTES * 256);
let offset = pool.length;

/** A fresh request id: 32 lower-case hexadecimal digits, random. */
export function createRequestId(): string {
  if (offset === pool.length) {
    randomFillSync(pool);
    offset = 0;
  }
  offset += BYTES;
  return pool.toString('hex', offset - BYTES, offset);
}
