import type { Column, ColumnType, TableSchema } from '../schema.ts';

/** Tables as migrations write them down: what belongs to a table, each as one text. */
export type Notation = Readonly<Record<string, readonly string[]>>;

/**
 * Reads tables in short notation: `name type [required] [unique] [-> table cascade|restrict]` is a
 * column, `index column, column` an index.
 */
export function readTables(notation: Notation): TableSchema[] {
  return Object.entries(notation).map(([name, lines]) => ({
    name,
    columns: lines.filter((line) => !line.startsWith('index ')).map(readColumn),
    indexes: lines
      .filter((line) => line.startsWith('index '))
      .map((line) => line.slice('index '.length).split(', ')),
  }));
}

/** The notation of tables, for the author of a migration. */
export function writeTables(tables: readonly TableSchema[]): Notation {
  return Object.fromEntries(
    tables.map(({ name, columns, indexes }) => [
      name,
      [...columns.map(writeColumn), ...indexes.map((of) => `index ${of.join(', ')}`)],
    ]),
  );
}

export function readColumn(line: string): Column {
  const [own = '', reference] = line.split(' -> ');
  const [name = '', type, ...rules] = own.split(' ');
  const [table = '', onDelete] = reference?.split(' ') ?? [];
  return {
    name,
    type: type as ColumnType,
    required: rules.includes('required'),
    unique: rules.includes('unique'),
    references:
      reference === undefined
        ? null
        : { table, onDelete: onDelete === 'cascade' ? 'cascade' : 'restrict' },
  };
}

function writeColumn({ name, type, required, unique, references }: Column): string {
  const reference = references === null ? '' : ` -> ${references.table} ${references.onDelete}`;
  return `${name} ${type}${required ? ' required' : ''}${unique ? ' unique' : ''}${reference}`;
}
