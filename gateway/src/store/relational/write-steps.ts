import type { TableName } from '../../entities/tables.ts';
import type { Put, WritePlan } from '../transaction/backend.ts';
import type { Step } from './conflicts.ts';
import type { Dialect } from './database.ts';
import { locksOf } from './write-locks.ts';
import { entityStatements, insertMany } from './entity-statements.ts';
import { rowCodec } from './row-codec.ts';
import { inChunks, tagStatements } from './tag-table.ts';

/** Most ids in one statement. */
const MOST_IDS = 500;

/** The statements that carry out a plan, in order. */
export function stepsOf(dialect: Dialect, plan: WritePlan): Step[] {
  return [
    ...locksOf(dialect, plan),
    ...releases(dialect, plan),
    ...byTable(plan.puts).flatMap(([table, puts]) => putsOf(dialect, table, puts)),
    ...deletes(dialect, plan),
    ...tagStatements(dialect, plan).map((statement) => ({ statement, puts: [] })),
  ];
}

function releases({ builder }: Dialect, { releases }: WritePlan): Step[] {
  return releases.map(({ key, id }) => ({
    statement: builder
      .updateTable(key.table)
      // No entity can have this value, and each gets another one.
      .set({ [key.column]: `\u0001${id}` })
      .where('id', '=', id)
      .compile(),
    puts: [],
  }));
}

function putsOf(dialect: Dialect, table: TableName, puts: readonly Put[]): Step[] {
  const { insert, update } = entityStatements(dialect, table);
  const { encode } = rowCodec(table);
  const inserted = puts.filter(({ stored }) => stored === null);
  const updated = puts.filter(({ stored }) => stored !== null);
  return [
    ...inChunks(inserted, dialect.rowsAtOnce).map((some) => {
      const rows = some.map(({ after }) => encode(after));
      const [only = []] = rows;
      const statement = rows.length === 1 ? insert.with(only) : insertMany(dialect, table, rows);
      return { statement, puts: some };
    }),
    ...updated.map((put) => ({
      statement: update.with([...encode(put.after), put.after.id]),
      puts: [put],
    })),
  ];
}

function deletes({ builder }: Dialect, plan: WritePlan): Step[] {
  return byTable(plan.deletes).flatMap(([table, entities]) =>
    inChunks(entities, MOST_IDS).map((some) => {
      const ids = some.map(({ stored }) => stored.id);
      return { statement: builder.deleteFrom(table).where('id', 'in', ids).compile(), puts: [] };
    }),
  );
}

/** Neighbours of one table together, in the order of tables that they have. */
function byTable<W extends { readonly table: TableName }>(
  writes: readonly W[],
): [TableName, W[]][] {
  const groups = new Map<TableName, W[]>();
  for (const write of writes) {
    const group = groups.get(write.table);
    if (group === undefined) groups.set(write.table, [write]);
    else group.push(write);
  }
  return [...groups];
}
