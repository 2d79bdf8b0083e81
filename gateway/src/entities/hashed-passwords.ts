import { hashPasswordOfFile, isPasswordHash } from './password.ts';
import type { Entity, EntityTables } from './tables.ts';

type Credential = Entity<'basicauth_credentials'>;
type Credentials = EntityTables['basicauth_credentials'];

/** What was made of tables and credentials before: what did not change stays the same object. */
const madeOfTables = new WeakMap<Credentials, Credentials>();
const madeOfCredentials = new WeakMap<Credential, Credential>();

/**
 * Puts hashes in place of the passwords of a document that is served as it is, so that neither threads
 * nor those who ask the Admin API see them. The same password of the same credential gives the same
 * hash, and costs little: such a document is read whole, with all of its passwords, at each load.
 */
export function withHashedPasswords(tables: EntityTables): EntityTables {
  const { basicauth_credentials: plain } = tables;
  if (plain.size === 0) return tables;
  let hashed = madeOfTables.get(plain);
  if (hashed === undefined) {
    hashed = new Map([...plain].map(([id, credential]) => [id, withHash(credential)]));
    madeOfTables.set(plain, hashed);
  }
  return { ...tables, basicauth_credentials: hashed };
}

function withHash(credential: Credential): Credential {
  const { id, password } = credential;
  if (isPasswordHash(password)) return credential;
  let hashed = madeOfCredentials.get(credential);
  if (hashed === undefined) {
    hashed = { ...credential, password: hashPasswordOfFile(password, id) };
    madeOfCredentials.set(credential, hashed);
  }
  return hashed;
}
