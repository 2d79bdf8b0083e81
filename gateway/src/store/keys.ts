import { definitionOf, tableNames, type TableName } from '../entities/tables.ts';

export type Values = Readonly<Record<string, unknown>>;

/** Fields of a table whose values, alone or together, only one entity can have. */
export interface UniqueKey {
  readonly table: TableName;
  /** Column that holds the value: the field itself, or `cache_key` for several together. */
  readonly column: string;
  readonly fields: readonly string[];
}

/** The column that holds the values of fields that are unique together. */
export const combinedColumn = 'cache_key';

export function uniqueKeys(table: TableName): readonly UniqueKey[] {
  return keysByTable.get(table) ?? [];
}

/** The key whose fields are these, if there is one. */
export function uniqueKeyOf(table: TableName, fields: readonly string[]): UniqueKey | undefined {
  return uniqueKeys(table).find(
    (key) =>
      key.fields.length === fields.length && fields.every((name) => key.fields.includes(name)),
  );
}

/**
 * What of an entity has to be unique, as one text; null when nothing has. Of fields that are unique
 * together those without a value count as well: two global plugins of one name are one too many.
 *
 * @param values an entity, or values by field with foreign keys as ids
 */
export function keyValue({ fields }: UniqueKey, values: Values): string | null {
  const [only = ''] = fields;
  if (fields.length === 1) return scalar(values[only]);
  return JSON.stringify(fields.map((name) => scalar(values[name])));
}

/** The values of a key in an entity, by field. */
export function keyValues({ fields }: UniqueKey, values: Values): Values {
  return Object.fromEntries(fields.map((name) => [name, values[name]]));
}

/** The id in a foreign key. */
export function foreignId(value: unknown): string | null {
  return typeof value === 'object' && value !== null ? (value as { id: string }).id : null;
}

function scalar(value: unknown): string | null {
  return typeof value === 'string' ? value : foreignId(value);
}

const keysByTable = new Map<TableName, readonly UniqueKey[]>();
for (const table of tableNames) {
  const { fields, cacheKey = [] } = definitionOf(table);
  const single = Object.keys(fields).filter((name) => fields[name]?.unique === true);
  keysByTable.set(table, [
    ...single.map((name) => ({ table, column: name, fields: [name] })),
    ...(cacheKey.length > 1 ? [{ table, column: combinedColumn, fields: cacheKey }] : []),
  ]);
}
