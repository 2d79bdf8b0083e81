import type { Field } from '../../entities/schema/field.ts';
import { definitionOf, foreignKeys, tableNames, type TableName } from '../../entities/tables.ts';
import { expiryField } from '../entity.ts';
import { combinedColumn, uniqueKeys } from '../keys.ts';
import { isNewestFirst } from '../offsets.ts';

/** How a value is kept; each database has its own name for it. */
export type ColumnType = 'uuid' | 'text' | 'integer' | 'number' | 'boolean' | 'json';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  readonly required: boolean;
  readonly unique: boolean;
  /** Whose id it holds, and what becomes of the row when that one is deleted. */
  readonly references: { readonly table: string; readonly onDelete: 'cascade' | 'restrict' } | null;
}

/** A table as it stands in a database. The first column is the primary key. */
export interface TableSchema {
  readonly name: string;
  readonly columns: readonly Column[];
  /** Columns of each index, besides those that unique columns have. */
  readonly indexes: readonly (readonly string[])[];
}

/** The table that keeps the entities of a definition. */
export function schemaOf(table: TableName): TableSchema {
  const { fields } = definitionOf(table);
  const columns = Object.entries(fields).flatMap(([name, field]) =>
    isKept(table, name, field) ? [columnOf(name, field)] : [],
  );
  const isCombined = uniqueKeys(table).some(({ column }) => column === combinedColumn);
  return {
    name: table,
    columns: [
      ...columns.filter(({ name }) => name === 'id'),
      ...columns.filter(({ name }) => name !== 'id'),
      ...(isCombined ? [combined] : []),
    ],
    indexes: indexesOf(table),
  };
}

export function entitySchemas(): readonly TableSchema[] {
  return tableNames.map(schemaOf);
}

/** The column of a foreign key. */
export function foreignColumn(field: string): string {
  return `${field}_id`;
}

/** SNIs are entities of their own; their certificate only shows them. */
function isKept(table: TableName, name: string, field: Field): boolean {
  return field.transient !== true && !(table === 'certificates' && name === 'snis');
}

const combined: Column = {
  name: combinedColumn,
  type: 'text',
  required: true,
  unique: true,
  references: null,
};

function columnOf(name: string, field: Field): Column {
  const required = name === 'id' || field.required === true || field.auto === true;
  const unique = field.unique === true;
  if (field.type !== 'foreign') {
    return { name, type: columnType(name, field), required, unique, references: null };
  }
  const references = { table: field.reference, onDelete: field.on_delete ?? 'restrict' } as const;
  return { name: foreignColumn(name), type: 'uuid', required, unique, references };
}

function columnType(name: string, { type }: Field): ColumnType {
  if (name === 'id') return 'uuid';
  switch (type) {
    case 'string':
      return 'text';
    case 'integer':
    case 'number':
    case 'boolean':
      return type;
    default:
      return 'json';
  }
}

/** Lists of what belongs to an entity come in the order of lists. */
function indexesOf(table: TableName): (readonly string[])[] {
  const order = isNewestFirst(table) ? ['created_at', 'id'] : ['id'];
  const ofParents = foreignKeys(table).map(({ field }) => [foreignColumn(field), ...order]);
  const expires = Object.hasOwn(definitionOf(table).fields, expiryField);
  return expires ? [...ofParents, [expiryField]] : ofParents;
}
