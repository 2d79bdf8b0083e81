import { hash, randomBytes } from 'node:crypto';

/** Of this thread alone: what was digested means nothing outside of it, and cannot be tried out. */
const key = randomBytes(32).toString('base64');

/**
 * A text under which something can be kept that depends on a secret, without keeping the secret. Two
 * texts have the same digest only if they are the same.
 */
export function secretDigest(secret: string): string {
  return hash('sha256', key + secret, 'base64');
}
