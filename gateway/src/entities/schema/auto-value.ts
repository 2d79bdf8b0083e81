import { randomBytes, randomUUID } from 'node:crypto';
import type { Field } from './field.ts';

/** What the gateway itself fills in for a field marked `auto` when the caller gives nothing. */
export function autoValue(field: Field): () => unknown {
  if (field.type === 'string') return field.uuid === true ? () => randomUUID() : randomToken;
  if (field.type === 'integer') return () => Math.floor(Date.now() / 1000);
  if (field.type === 'number') return () => Date.now() / 1000;
  throw new Error(`a ${field.type} field cannot be filled in automatically`);
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** 32 letters and digits, 190 bits. */
function randomToken(): string {
  let token = '';
  while (token.length < 32) {
    for (const byte of randomBytes(48)) {
      // Bytes past the last whole multiple would make some characters likelier than others.
      if (byte < 248 && token.length < 32) token += alphabet.charAt(byte % alphabet.length);
    }
  }
  return token;
}
