import type { Entity, EntityTables } from './tables.ts';

type Credential = Entity<'basicauth_credentials'>;

/** Passwords looked at at the same time: they are hashed beside the event loop, on other cores. */
const AT_ONCE = 8;

/**
 * A configuration in which each basic-auth credential is replaced by what `replace` makes of it, a
 * few at a time. The ids stay the same.
 */
export async function withEachCredential(
  tables: EntityTables,
  replace: (credential: Credential) => Promise<Credential>,
): Promise<EntityTables> {
  const credentials = [...tables.basicauth_credentials.values()];
  if (credentials.length === 0) return tables;
  const replaced = new Map<string, Credential>();
  for (let at = 0; at < credentials.length; at += AT_ONCE) {
    const batch = credentials.slice(at, at + AT_ONCE);
    for (const credential of await Promise.all(batch.map(replace))) {
      replaced.set(credential.id, credential);
    }
  }
  return { ...tables, basicauth_credentials: replaced };
}
