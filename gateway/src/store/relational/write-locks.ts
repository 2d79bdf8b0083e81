import type { Entity, TableName } from '../../entities/tables.ts';
import { isSameEntity } from '../entity.ts';
import type { WritePlan } from '../transaction/backend.ts';
import { LostRace } from '../transaction/lost-race.ts';
import type { Step } from './conflicts.ts';
import type { Dialect, Row } from './database.ts';
import { rowCodec } from './row-codec.ts';
import { inChunks } from './tag-table.ts';

/** Most ids in one statement. */
const MOST_IDS = 500;

interface Expected {
  readonly table: TableName;
  readonly entity: Entity;
}

/**
 * Locks what a plan changes, before it does, and makes sure that it is still what the plan was made
 * for. All who write do it in the same order, so that none waits for another who waits for it.
 */
export function locksOf(dialect: Dialect, { puts, deletes }: WritePlan): Step[] {
  if (!dialect.locksRows) return [];
  const changed = puts.flatMap(({ table, stored }) =>
    stored === null ? [] : [{ table, entity: stored }],
  );
  const deleted = deletes.map(({ table, stored }) => ({ table, entity: stored }));
  return [...lockSteps(dialect, changed, 'change'), ...lockSteps(dialect, deleted, 'delete')];
}

function lockSteps(
  { builder }: Dialect,
  expected: readonly Expected[],
  purpose: 'change' | 'delete',
): Step[] {
  const byTable = Map.groupBy(expected, ({ table }) => table);
  return [...byTable].flatMap(([table, all]) => {
    const ordered = all.map(({ entity }) => entity).sort((a, b) => (a.id < b.id ? -1 : 1));
    return inChunks(ordered, MOST_IDS).map((some) => {
      const { columns } = rowCodec(table);
      const ids = some.map(({ id }) => id);
      const query = builder.selectFrom(table).select(columns).where('id', 'in', ids).orderBy('id');
      // What only changes may be referred to by others meanwhile.
      const locked = purpose === 'change' ? query.forNoKeyUpdate() : query.forUpdate();
      const verify = (rows: readonly Row[]): void => checkSame(table, some, rows);
      return { statement: locked.compile(), puts: [], verify };
    });
  });
}

/** @param expected in the order of ids, as rows are */
function checkSame(table: TableName, expected: readonly Entity[], rows: readonly Row[]): void {
  const { decode } = rowCodec(table);
  for (const [index, entity] of expected.entries()) {
    const row = rows[index];
    if (row !== undefined && isSameEntity(decode(row), entity)) continue;
    throw new LostRace(`${table} ${entity.id} has changed`);
  }
}
