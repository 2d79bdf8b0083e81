import { sql } from 'kysely';
import { childTables, type TableName } from '../../entities/tables.ts';
import type { UniqueKey } from '../keys.ts';
import type { Builder, Dialect, Row, Statement } from './database.ts';
import { PerDialect, Prepared } from './prepared.ts';
import { rowCodec } from './row-codec.ts';
import { foreignColumn } from './schema.ts';

/** Stands for a parameter while a statement is built. */
const later = '';

/** The statements of one table that come again and again. */
export interface EntityStatements {
  readonly get: Prepared;
  readonly lock: Prepared;
  readonly insert: Prepared;
  /** Parameters: all columns in the order of rows, then the id again. */
  readonly update: Prepared;
  /** Table, field and id of everything that refers to an id; null when nothing can. */
  readonly dependents: Prepared | null;
}

const statements = new PerDialect<EntityStatements>(({ builder, locksRows }, name) => {
  const table = name as TableName;
  const { columns } = rowCodec(table);
  const empty = Object.fromEntries(columns.map((column) => [column, later]));
  const one = builder.selectFrom(table).select(columns).where('id', '=', later);
  return {
    get: new Prepared(`${table}.get`, one),
    lock: new Prepared(`${table}.lock`, locksRows ? one.forUpdate() : one),
    insert: new Prepared(`${table}.insert`, builder.insertInto(table).values(empty)),
    update: new Prepared(
      `${table}.update`,
      builder.updateTable(table).set(empty).where('id', '=', later),
    ),
    dependents: dependents(builder, table),
  };
});

export function entityStatements(dialect: Dialect, table: TableName): EntityStatements {
  return statements.for(dialect, table);
}

/** Finds an entity by what of it is unique. */
export function findStatement(dialect: Dialect, key: UniqueKey, value: string): Statement {
  return finders.for(dialect, `${key.table}.${key.column}`).with([value]);
}

const finders = new PerDialect(({ builder }, name) => {
  const [table = '', column = ''] = name.split('.');
  const { columns } = rowCodec(table as TableName);
  const query = builder.selectFrom(table).select(columns).where(column, '=', later);
  return new Prepared(`${name}.find`, query);
});

function dependents(builder: Builder, table: TableName): Prepared | null {
  const [first, ...rest] = childTables(table).map((child) =>
    builder
      .selectFrom(child.table)
      .select([sql.lit(child.table).as('by'), sql.lit(child.field).as('field'), 'id'])
      .where(foreignColumn(child.field), '=', later),
  );
  if (first === undefined) return null;
  const all = rest.reduce((query, next) => query.unionAll(next), first);
  return new Prepared(`${table}.dependents`, all);
}

/** Several rows in one statement. */
export function insertMany(
  { builder }: Dialect,
  table: TableName,
  rows: readonly Row[],
): Statement {
  const { columns } = rowCodec(table);
  const values = rows.map((row) =>
    Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null])),
  );
  return builder.insertInto(table).values(values).compile();
}
