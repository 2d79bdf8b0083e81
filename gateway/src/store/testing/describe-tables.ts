import type { DatabaseSync } from 'node:sqlite';

/** What a table is like in SQLite, whatever statements made it. */
export function describeSqlite(database: DatabaseSync, table: string): object {
  const rows = (pragma: string, name = table): Record<string, unknown>[] =>
    database.prepare(`PRAGMA ${pragma}("${name}")`).all();
  const indexes = rows('index_list').map(({ name, unique }) => ({
    unique,
    columns: rows('index_info', String(name)).map((one) => one.name),
  }));
  return {
    table,
    columns: sorted(
      rows('table_info').map(({ name, type, notnull, pk }) => ({ name, type, notnull, pk })),
    ),
    references: sorted(
      rows('foreign_key_list').map(({ from, table: to, on_delete }) => ({ from, to, on_delete })),
    ),
    indexes: sorted(indexes),
  };
}

/** What a table is like in PostgreSQL. */
export async function describePostgres(
  query: (sql: string) => Promise<Record<string, unknown>[]>,
  table: string,
): Promise<object> {
  const columns = `SELECT column_name, data_type, is_nullable, collation_name
    FROM information_schema.columns WHERE table_name = '${table}'`;
  const constraints = `SELECT conname, pg_get_constraintdef(oid) AS rule
    FROM pg_constraint WHERE conrelid = '${table}'::regclass`;
  const indexes = `SELECT indexdef FROM pg_indexes WHERE tablename = '${table}'`;
  return {
    table,
    columns: sorted(await query(columns)),
    constraints: sorted(await query(constraints)),
    indexes: sorted(await query(indexes)),
  };
}

function sorted(rows: readonly object[]): string[] {
  return rows.map((row) => JSON.stringify(row)).sort();
}
