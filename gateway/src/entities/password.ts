import { argon2, createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/**
 * Passwords are kept as Argon2id hashes in the form of the PHC strings: what is needed to check one
 * stands with it. Those that came from Kong are SHA-1 of password and consumer id.
 */

const argon2Async = promisify(argon2);

/** About 20 ms of one core, and memory that makes guessing on graphics cards dear. */
const standard = { memory: 19_456, passes: 2, parallelism: 1 };
const saltBytes = 16;
const tagBytes = 32;

interface PasswordHash {
  /** KiB. */
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
  readonly salt: Buffer;
  readonly tag: Buffer;
}

/** Hashes a password, beside the event loop. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(saltBytes);
  const tag = await derive(password, { ...standard, salt, tag: Buffer.alloc(tagBytes) });
  const { memory, passes, parallelism } = standard;
  const costs = `m=${memory},t=${passes},p=${parallelism}`;
  return `$argon2id$v=19$${costs}$${base64(salt)}$${base64(tag)}`;
}

/**
 * Whether a password is the one that was stored, in a time that does not tell how near it came.
 *
 * @param consumerId the consumer that the credential belongs to
 */
export async function verifyPassword(
  stored: string,
  password: string,
  consumerId: string,
): Promise<boolean> {
  const known = parse(stored);
  if (known !== undefined) return timingSafeEqual(await derive(password, known), known.tag);
  const quick = quickForm.exec(stored);
  if (quick !== null) {
    const [salt = '', tag = ''] = quick.slice(1);
    return timingSafeEqual(quickTag(password, salt), Buffer.from(tag, 'base64'));
  }
  if (!isImportedHash(stored)) return false;
  const digest = hash('sha1', password + consumerId, 'buffer');
  return timingSafeEqual(digest, Buffer.from(stored, 'hex'));
}

/**
 * The hash of a password that stands in a file. The same each time, so that a file that did not change
 * is the same configuration on every node.
 *
 * @param id of the credential: equal passwords of two do not look equal
 */
export function hashPasswordOfFile(password: string, id: string): string {
  const salt = hash('sha256', id, 'base64').slice(0, 22);
  return `$sha256$${salt}$${base64(quickTag(password, salt))}`;
}

/** Whether a text is a hash that this gateway could have made, and not a password. */
export function isPasswordHash(text: string): boolean {
  return parse(text) !== undefined || quickForm.test(text);
}

/** Whether a text may be one of Kong's hashes. Passwords can look like it, so only imports ask. */
export function isImportedHash(text: string): boolean {
  return /^[\da-f]{40}$/i.test(text);
}

const quickForm = /^\$sha256\$([a-z\d+/]{22})\$([a-z\d+/]{43})$/i;

function quickTag(password: string, salt: string): Buffer {
  return createHmac('sha256', salt).update(password).digest();
}

function derive(password: string, like: PasswordHash): Promise<Buffer> {
  const { memory, passes, parallelism, salt, tag } = like;
  return argon2Async('argon2id', {
    message: password,
    nonce: salt,
    memory,
    passes,
    parallelism,
    tagLength: tag.length,
  });
}

const phc = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([a-z\d+/]+)\$([a-z\d+/]+)$/i;

/** Refuses what would cost so much that it could be used to stall the gateway. */
function parse(text: string): PasswordHash | undefined {
  const match = phc.exec(text);
  if (match === null) return undefined;
  const [memory = 0, passes = 0, parallelism = 0] = match.slice(1, 4).map(Number);
  const [salt, tag] = match.slice(4).map((part) => Buffer.from(part, 'base64'));
  if (salt === undefined || tag === undefined) return undefined;
  const affordable = memory <= 262_144 && passes <= 10 && parallelism <= 8;
  const possible = memory >= 8 * parallelism && passes > 0 && parallelism > 0;
  const complete = salt.length >= 8 && salt.length <= 64 && tag.length >= 16 && tag.length <= 64;
  return affordable && possible && complete
    ? { memory, passes, parallelism, salt, tag }
    : undefined;
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
