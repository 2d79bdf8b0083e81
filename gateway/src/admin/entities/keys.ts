import { isUuid } from '../../entities/schema/compile-scalar.ts';
import {
  definitionOf,
  foreignKeys,
  type Entity,
  type ForeignKey,
  type TableName,
} from '../../entities/tables.ts';
import type { StoreReader } from '../../store/contract.ts';
import { invalidPrimaryKey } from '../errors/kong-errors.ts';
import type { Values } from './context.ts';

/** What names one entity of a table in a path. */
export interface Key {
  /** `id`, or the field whose value was given. */
  readonly field: string;
  readonly value: string;
  /** All fields that it consists of; foreign keys as ids. */
  readonly values: Readonly<Record<string, string>>;
}

/** The entity around others in a path: `/consumers/{consumers}/acls`. */
export interface Parent extends ForeignKey {
  readonly id: string;
}

/**
 * Reads the part of a path that names an entity: its id, or what people call it by.
 *
 * @param parent within which names may be unique that are not so elsewhere
 * @throws AdminError 400 when it can only be an id and is none
 */
export function keyOf(table: TableName, text: string, parent?: Parent): Key {
  if (isUuid(text)) return idKey(text);
  const { endpointKey, fields } = definitionOf(table);
  if (endpointKey !== null && fields[endpointKey]?.unique === true) {
    return { field: endpointKey, value: text, values: { [endpointKey]: text } };
  }
  const field = parent === undefined ? undefined : fieldWithin(table, parent.field);
  if (parent === undefined || field === undefined) throw invalidPrimaryKey();
  return { field, value: text, values: { [parent.field]: parent.id, [field]: text } };
}

export function idKey(id: string): Key {
  const value = id.toLowerCase();
  return { field: 'id', value, values: { id: value } };
}

/** The field that tells entities of one parent apart. */
function fieldWithin(table: TableName, parentField: string): string | undefined {
  const { cacheKey = [] } = definitionOf(table);
  const rest = cacheKey.filter((name) => name !== parentField);
  return cacheKey.includes(parentField) && rest.length === 1 ? rest[0] : undefined;
}

/** The values of a key as fields of an entity. */
export function fieldsOf(table: TableName, { values }: Key): Values {
  const foreign = new Set(foreignKeys(table).map(({ field }) => field));
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      foreign.has(name) ? { id: value } : value,
    ]),
  );
}

export function findByKey(
  reader: StoreReader,
  table: TableName,
  { field, value, values }: Key,
): Promise<Entity | undefined> {
  return field === 'id' ? reader.get(table, value) : reader.find(table, values);
}

/** The id of the entity that another one refers to, if any. */
export function foreignId(entity: Entity, field: string): string | undefined {
  const value = (entity as Values)[field];
  return typeof value === 'object' && value !== null ? (value as { id: string }).id : undefined;
}
