import { hash } from 'node:crypto';

/** Whether a `Digest` field fits a body. Without the field there must be no body. */
export function digestFits(field: string | undefined, body: Uint8Array): boolean {
  if (field === undefined) return body.length === 0;
  return field === `SHA-256=${hash('sha256', body, 'base64')}`;
}
