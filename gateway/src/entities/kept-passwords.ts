import { withEachCredential } from './each-credential.ts';
import { hashPassword, isPasswordHash, verifyPassword } from './password.ts';
import type { Entity, EntityTables } from './tables.ts';

type Credential = Entity<'basicauth_credentials'>;

/**
 * Puts hashes in place of passwords. One that is stored already keeps its hash, so that it does not
 * count as changed; but not one of Kong's, which is good for one consumer only.
 *
 * @param plain ids of the credentials whose passwords are not hashed yet
 */
export async function withPasswordsHashed(
  tables: EntityTables,
  plain: ReadonlySet<string>,
  stored: EntityTables,
): Promise<EntityTables> {
  if (plain.size === 0) return tables;
  const byName = new Map(
    [...stored.basicauth_credentials.values()].map((known) => [known.username, known]),
  );
  async function hashed(credential: Credential): Promise<Credential> {
    const { id, username, password } = credential;
    if (!plain.has(id) || isPasswordHash(password)) return credential;
    const known = stored.basicauth_credentials.get(id) ?? byName.get(username);
    const isKept =
      known !== undefined &&
      isPasswordHash(known.password) &&
      (await verifyPassword(known.password, password, known.consumer.id));
    return { ...credential, password: isKept ? known.password : await hashPassword(password) };
  }
  return withEachCredential(tables, hashed);
}
