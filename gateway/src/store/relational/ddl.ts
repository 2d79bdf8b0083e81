import type { Dialect } from './database.ts';
import type { Column, ColumnType, TableSchema } from './schema.ts';

type Types = Readonly<Record<ColumnType, string>>;

const types: Readonly<Record<Dialect['kind'], Types>> = {
  sqlite: {
    uuid: 'TEXT',
    text: 'TEXT',
    integer: 'INTEGER',
    number: 'REAL',
    boolean: 'INTEGER',
    json: 'TEXT',
  },
  postgres: {
    uuid: 'uuid',
    text: 'text',
    integer: 'bigint',
    number: 'double precision',
    boolean: 'boolean',
    // Not jsonb, which would forget the order of keys.
    json: 'json',
  },
};

/** What a database calls a type. */
export function typeName(kind: Dialect['kind'], type: ColumnType): string {
  return types[kind][type];
}

/** At the end of every CREATE TABLE: SQLite holds to the types of columns only if it is told to. */
export function tableOptions(kind: Dialect['kind']): string {
  return kind === 'sqlite' ? ' STRICT' : '';
}

/**
 * The statements that make a table. Its constraints have names that follow from table and column, so
 * that a violation can be told.
 */
export function createTable(
  kind: Dialect['kind'],
  { name, columns, indexes }: TableSchema,
): string[] {
  const [first] = columns;
  const constraints = [
    `CONSTRAINT ${name}_pkey PRIMARY KEY (${first?.name})`,
    ...columns
      .filter(({ unique }) => unique)
      .map((column) => `CONSTRAINT ${name}_${column.name}_key UNIQUE (${quoted(column.name)})`),
    ...columns.flatMap((column) => foreignKey(name, column)),
  ];
  const lines = [...columns.map((column) => columnLine(kind, column)), ...constraints];
  return [
    `CREATE TABLE ${name} (\n  ${lines.join(',\n  ')}\n)${tableOptions(kind)}`,
    ...indexes.map(
      (of) => `CREATE INDEX ${name}_${of.join('_')}_idx ON ${name} (${of.map(quoted).join(', ')})`,
    ),
  ];
}

/** The definition of a column, as in CREATE TABLE and ALTER TABLE … ADD COLUMN. */
export function columnLine(kind: Dialect['kind'], { name, type, required }: Column): string {
  return `${quoted(name)} ${typeName(kind, type)}${required ? ' NOT NULL' : ''}`;
}

function foreignKey(table: string, { name, references }: Column): string[] {
  if (references === null) return [];
  const rule = references.onDelete === 'cascade' ? 'CASCADE' : 'RESTRICT';
  return [
    `CONSTRAINT ${table}_${name}_fkey FOREIGN KEY (${name}) ` +
      `REFERENCES ${references.table} (id) ON DELETE ${rule}`,
  ];
}

/** Some fields have names that mean something in SQL. */
function quoted(name: string): string {
  return `"${name}"`;
}
