import { StoreUnavailable } from '../errors.ts';
import type { Dialect, Session } from './database.ts';

/**
 * Which store a database holds: it is known by the moment at which its tables were made, which
 * backups keep.
 *
 * @throws StoreUnavailable when nothing says so, as in the midst of a restore
 */
export async function readIdentity({ builder }: Dialect, session: Session): Promise<string> {
  const query = builder
    .selectFrom('schema_migrations')
    .select('applied_at')
    .orderBy('version')
    .limit(1);
  const [row] = await session.rows(query.compile());
  if (row === undefined) {
    throw new StoreUnavailable('missing', 'its tables hold no store (any more)');
  }
  return new Date(row[0] as number).toISOString();
}
