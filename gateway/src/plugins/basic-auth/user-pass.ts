import { isUtf8 } from 'node:buffer';

/** A user name and a password, as they were sent. */
export interface UserPass {
  readonly username: string;
  readonly password: string;
}

/** The scheme in the two spellings that Kong knows; a space behind it is not asked for. */
const SCHEME = /^\s*[Bb]asic\s*(.+)$/;
/** What is behind the padding does not count, as in Kong. */
const BASE64 = /^([A-Za-z\d+/]+)(?:=.*)?$/;

/**
 * Reads the value of an `Authorization` field.
 *
 * @returns null for another scheme, and for what is no user name with a password
 */
export function readUserPass(value: string): UserPass | null {
  const encoded = SCHEME.exec(value)?.[1];
  const digits = encoded === undefined ? undefined : BASE64.exec(encoded)?.[1];
  // A single digit more than whole groups stands for no byte.
  if (digits === undefined || digits.length % 4 === 1) return null;
  const bytes = Buffer.from(digits, 'base64');
  // Names and passwords are kept as texts: what is none cannot be one of them.
  if (!isUtf8(bytes)) return null;
  const text = bytes.toString('utf8');
  const colon = text.indexOf(':');
  // Passwords may hold colons, user names may not.
  if (colon < 1) return null;
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}
