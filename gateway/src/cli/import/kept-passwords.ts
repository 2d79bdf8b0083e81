import { hashPassword, verifyPassword } from '../../entities/password.ts';
import type { Entity, EntityTables } from '../../entities/tables.ts';

type Credential = Entity<'basicauth_credentials'>;

/** Passwords looked at at the same time: they are hashed beside the event loop, on other cores. */
const AT_ONCE = 8;

/**
 * Puts hashes in place of passwords. One that is stored already keeps its hash, so that it does not
 * count as changed.
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
    if (!plain.has(credential.id)) return credential;
    const { id, username, password } = credential;
    const known = stored.basicauth_credentials.get(id) ?? byName.get(username);
    const isKept =
      known !== undefined && (await verifyPassword(known.password, password, known.consumer.id));
    return { ...credential, password: isKept ? known.password : await hashPassword(password) };
  }
  const credentials = [...tables.basicauth_credentials.values()];
  const done = new Map<string, Credential>();
  for (let at = 0; at < credentials.length; at += AT_ONCE) {
    for (const credential of await Promise.all(credentials.slice(at, at + AT_ONCE).map(hashed))) {
      done.set(credential.id, credential);
    }
  }
  return { ...tables, basicauth_credentials: done };
}
