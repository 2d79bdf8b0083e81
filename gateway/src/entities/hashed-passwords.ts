import { createHmac, randomBytes } from 'node:crypto';
import { withEachCredential } from './each-credential.ts';
import { hashPassword, isPasswordHash } from './password.ts';
import type { Entity, EntityTables } from './tables.ts';

type Credential = Entity<'basicauth_credentials'>;

/** Credentials that were hashed before: whoever reads a file again gives the same objects. */
const made = new WeakMap<Credential, Credential>();

/** Hashes of passwords that were hashed before, by a digest that is of no use outside of this process. */
const known = new Map<string, string>();
const digestKey = randomBytes(32);
const MOST_KNOWN = 100_000;

/**
 * Replaces passwords by what is kept of them. A document is often sent again with little changed:
 * what was hashed once is not hashed again.
 */
export function withHashedPasswords(tables: EntityTables): Promise<EntityTables> {
  return withEachCredential(tables, withHash);
}

async function withHash(credential: Credential): Promise<Credential> {
  const { id, password } = credential;
  if (isPasswordHash(password)) return credential;
  const before = made.get(credential);
  if (before !== undefined) return before;
  const digest = createHmac('sha256', digestKey).update(`${id}:${password}`).digest('base64');
  const hash = known.get(digest) ?? (await hashPassword(password));
  known.delete(digest);
  known.set(digest, hash);
  const [oldest] = known.keys();
  if (known.size > MOST_KNOWN && oldest !== undefined) known.delete(oldest);
  const hashed = { ...credential, password: hash };
  made.set(credential, hashed);
  return hashed;
}
