import { differences } from '../../store/differences.ts';
import { withStoredIds } from '../../admin/fixed/config/stored-ids.ts';
import { withPasswordsHashed } from '../../entities/kept-passwords.ts';
import type { Entity, EntityTables } from '../../entities/tables.ts';
import { definitionOf, tableNames } from '../../entities/tables.ts';
import type { StoredChange, StoreTransaction } from '../../store/contract.ts';
import type { Declared } from './read-files.ts';

/** `replace`: afterwards there is what was declared, and nothing else. `merge`: all else stays. */
export type ImportMode = 'replace' | 'merge';

/** What an import has to do, in an order in which it can be done. */
export async function planImport(
  declared: Declared,
  stored: EntityTables,
  mode: ImportMode,
): Promise<readonly StoredChange[]> {
  const tables = await withPasswordsHashed(declared.tables, declared.plain, stored);
  const changes = differences(stored, withStoredIds(tables, declared.nodes, stored));
  return mode === 'merge' ? changes.filter(({ after }) => after !== null) : changes;
}

/** Does one step. */
export async function apply(
  tx: StoreTransaction,
  { table, id, before, after }: StoredChange,
): Promise<void> {
  if (after === null) await tx.delete(table, id);
  else if (before === null) await tx.insert(table, after);
  else await tx.update(table, sinceThen(before, after));
}

/** An entity stays the age that it is. */
function sinceThen(before: Entity, after: Entity): Entity {
  return 'created_at' in before ? { ...after, created_at: before.created_at } : after;
}

/** `services: 3 new, 1 changed, 2 deleted`, a line for each table. */
export function summary(changes: readonly StoredChange[]): string {
  const lines = tableNames.flatMap((table) => {
    const own = changes.filter((change) => change.table === table);
    const counts = [
      [own.filter(({ before }) => before === null).length, 'new'],
      [own.filter(({ before, after }) => before !== null && after !== null).length, 'changed'],
      [own.filter(({ after }) => after === null).length, 'deleted'],
    ] as const;
    const parts = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
    return parts.length === 0 ? [] : [`  ${definitionOf(table).name}: ${parts.join(', ')}\n`];
  });
  return lines.length === 0 ? '  nothing to do\n' : lines.join('');
}
