import { hashPasswordOfFile, isPasswordHash } from '../entities/password.ts';
import type { Entity, EntityTables } from '../entities/tables.ts';

type Credential = Entity<'basicauth_credentials'>;
type Credentials = EntityTables['basicauth_credentials'];

/**
 * Puts hashes in place of the passwords of a file, so that neither threads nor those who ask the Admin
 * API see them. What is the same object as at the last load stays the same object.
 */
export class FilePasswords {
  #tables = new WeakMap<Credentials, Credentials>();
  #credentials = new WeakMap<Credential, Credential>();

  hashedIn(tables: EntityTables): EntityTables {
    const { basicauth_credentials: plain } = tables;
    if (plain.size === 0) return tables;
    let hashed = this.#tables.get(plain);
    if (hashed === undefined) {
      hashed = new Map([...plain].map(([id, credential]) => [id, this.#hashed(credential)]));
      this.#tables.set(plain, hashed);
    }
    return { ...tables, basicauth_credentials: hashed };
  }

  #hashed(credential: Credential): Credential {
    const { id, password } = credential;
    if (isPasswordHash(password)) return credential;
    let hashed = this.#credentials.get(credential);
    if (hashed === undefined) {
      hashed = { ...credential, password: hashPasswordOfFile(password, id) };
      this.#credentials.set(credential, hashed);
    }
    return hashed;
  }
}
