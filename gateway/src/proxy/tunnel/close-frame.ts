import { randomBytes } from 'node:crypto';

const FINAL_CLOSE = 0x88;
const MASKED = 0x80;
const MASK_BYTES = 4;

/** A Close frame as a server sends it, RFC 6455 section 5.5.1. @param reason at most 123 bytes */
export function closeFrame(code: number, reason: string): Uint8Array {
  const payload = payloadOf(code, reason);
  return Buffer.concat([Buffer.from([FINAL_CLOSE, payload.length]), payload]);
}

/** The same as a client sends it. */
export function maskedCloseFrame(code: number, reason: string): Uint8Array {
  const payload = payloadOf(code, reason);
  const mask = randomBytes(MASK_BYTES);
  for (let i = 0; i < payload.length; i++) payload[i]! ^= mask[i % MASK_BYTES]!;
  return Buffer.concat([Buffer.from([FINAL_CLOSE, MASKED | payload.length]), mask, payload]);
}

function payloadOf(code: number, reason: string): Buffer {
  return Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]);
}
