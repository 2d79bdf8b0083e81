import { definitionOf, tableNames, type Entity, type TableName } from '../../entities/tables.ts';
import { combinedColumn, foreignId, keyValue, uniqueKeys, type Values } from '../keys.ts';
import type { Row, SqlValue } from './database.ts';
import { foreignColumn, schemaOf, type ColumnType } from './schema.ts';

/** Turns entities of one table into rows and back. */
export interface RowCodec {
  /** In the order of rows. */
  readonly columns: readonly string[];
  readonly encode: (entity: Entity) => SqlValue[];
  readonly decode: (row: Row) => Entity;
}

export function rowCodec(table: TableName): RowCodec {
  const codec = codecs.get(table);
  if (codec === undefined) throw new TypeError(`there is no table ${table}`);
  return codec;
}

type Encode = (entity: Values) => SqlValue;
type Decode = (value: SqlValue) => unknown;

function codecOf(table: TableName): RowCodec {
  const { columns } = schemaOf(table);
  const position = new Map(columns.map(({ name }, index) => [name, index]));
  const encoders = columns.map(({ name, type, references }) =>
    encoderOf(table, name, references === null ? type : 'foreign'),
  );
  const fields = Object.entries(definitionOf(table).fields).map(([name, { type }]) => {
    const index = position.get(type === 'foreign' ? foreignColumn(name) : name);
    const column = index === undefined ? undefined : columns[index];
    const decode = type === 'foreign' ? asReference : decoders[column?.type ?? 'text'];
    return { name, index: index ?? -1, decode };
  });
  return {
    columns: columns.map(({ name }) => name),
    encode: (entity) => encoders.map((encode) => encode(entity)),
    decode: (row) => {
      const entity: Record<string, unknown> = {};
      for (const { name, index, decode } of fields) {
        const value = row[index];
        entity[name] = value === null || value === undefined ? null : decode(value);
      }
      return entity as Entity;
    },
  };
}

function encoderOf(table: TableName, column: string, type: ColumnType | 'foreign'): Encode {
  if (column === combinedColumn) {
    const key = uniqueKeys(table).find((one) => one.column === column);
    return (entity) => (key === undefined ? null : keyValue(key, entity));
  }
  if (type === 'foreign') {
    const field = column.slice(0, -foreignColumn('').length);
    return (entity) => foreignId(entity[field]);
  }
  if (type === 'json') return (entity) => asJson(entity[column]);
  return (entity) => (entity[column] ?? null) as SqlValue;
}

function asJson(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}

const asIs: Decode = (value) => value;
const asReference: Decode = (id) => ({ id });
const decoders: Readonly<Record<ColumnType, Decode>> = {
  uuid: asIs,
  text: asIs,
  integer: asIs,
  number: asIs,
  // SQLite has 0 and 1.
  boolean: (value) => value === true || value === 1,
  json: (value) => JSON.parse(value as string) as unknown,
};

const codecs = new Map<TableName, RowCodec>(tableNames.map((table) => [table, codecOf(table)]));
