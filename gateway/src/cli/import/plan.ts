import { differences } from '../../store/differences.ts';
import { withStoredIds } from '../../admin/fixed/config/stored-ids.ts';
import { withPasswordsHashed } from '../../entities/kept-passwords.ts';
import type { Entity, EntityTables } from '../../entities/tables.ts';
import type { TableName } from '../../entities/tables.ts';
import type { StoredChange, StoreTransaction } from '../../store/contract.ts';
import type { Declared } from './read-files.ts';

/** `replace`: afterwards there is what was declared, and nothing else. `merge`: all else stays. */
export type ImportMode = 'replace' | 'merge';

export interface ImportPlan {
  /** What there is to do, in an order in which it can be done. */
  readonly changes: readonly StoredChange[];
  /** What was declared, by the ids that it has in the store. */
  readonly tables: EntityTables;
  /** Where an entity is declared, as `file:line:column`; undefined for what is in no file. */
  readonly placeOf: (table: TableName, id: string) => string | undefined;
}

/** What an import has to do. */
export async function planImport(
  declared: Declared,
  stored: EntityTables,
  mode: ImportMode,
): Promise<ImportPlan> {
  const hashed = await withPasswordsHashed(declared.tables, declared.plain, stored);
  const tables = withStoredIds(hashed, declared.nodes, stored);
  const all = differences(stored, tables);
  const changes = mode === 'merge' ? all.filter(({ after }) => after !== null) : all;
  return {
    changes,
    tables,
    placeOf: (table, id) => declared.placeOf(table, declaredId(hashed, tables, table, id)),
  };
}

/** The id that an entity has in the files; those in the store are given in the same order. */
function declaredId(files: EntityTables, store: EntityTables, table: TableName, id: string) {
  const position = [...store[table].keys()].indexOf(id);
  return [...files[table].keys()][position] ?? id;
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
