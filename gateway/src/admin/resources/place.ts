import { randomUUID } from 'node:crypto';
import { isUuid } from '../../entities/schema/compile-scalar.ts';
import type { Entity, TableName } from '../../entities/tables.ts';
import type { StoreReader } from '../../store/contract.ts';
import type { Values } from '../entities/context.ts';
import { findByKey, foreignId, idKey, keyOf, type Key, type Parent } from '../entities/keys.ts';
import { AdminError, type AdminRequest } from '../endpoint.ts';
import { invalidPrimaryKey, notFound } from '../errors/kong-errors.ts';

/** Where entities stand in a path: by themselves, or below the one that they belong to. */
export interface Place {
  readonly table: TableName;
  /** The table of the entity above, and the field that refers to it. */
  readonly parent: { readonly table: TableName; readonly field: string } | null;
}

type Params = AdminRequest['params'];

/**
 * The entity above in the path, or undefined when there is none above.
 *
 * @throws AdminError 404 when it does not exist
 */
export async function parentAt(
  reader: StoreReader,
  { parent }: Place,
  params: Params,
): Promise<Parent | undefined> {
  if (parent === null) return undefined;
  const { table, field } = parent;
  const found = await findByKey(reader, table, await namedKey(reader, table, params));
  if (found === undefined) throw notFound();
  return { table, field, id: found.id };
}

/** Adds to what a client sent which entity it belongs to. */
export function within(parent: Parent | undefined, input: Values): Values {
  return parent === undefined ? input : { ...input, [parent.field]: { id: parent.id } };
}

/**
 * The entity that a path leads to, or undefined.
 *
 * @throws AdminError 404 when it does not belong to the one above
 */
export async function entityAt(
  reader: StoreReader,
  place: Place,
  params: Params,
): Promise<{ readonly key: Key; readonly stored: Entity | undefined }> {
  const parent = await parentAt(reader, place, params);
  const key = await namedKey(reader, place.table, params, parent);
  const stored = await findByKey(reader, place.table, key);
  if (parent !== undefined) {
    const belongs = stored !== undefined && foreignId(stored, parent.field) === parent.id;
    if (!belongs) throw notFound();
  }
  return { key, stored };
}

/**
 * The key that a path gives for an entity of a table.
 *
 * @throws AdminError 400 when it cannot be one, 404 for an SNI that stands for no certificate
 */
export async function namedKey(
  reader: StoreReader,
  table: TableName,
  params: Params,
  parent?: Parent,
): Promise<Key> {
  const text = params[table] ?? '';
  if (table !== 'certificates' || isUuid(text)) return keyOf(table, text, parent);
  const key = await certificateOf(reader, text);
  if (key === undefined) throw new AdminError(404, { message: 'SNI not found' });
  return key;
}

/** What can be changed by its name, but put by its id only: Kong fails at the name. */
const putById: readonly TableName[] = ['keys', 'key_sets'];

/**
 * The key of an entity that is to be made unless it exists.
 *
 * @throws AdminError 400 when it cannot be one
 */
export async function keyToPut(
  reader: StoreReader,
  table: TableName,
  params: Params,
  parent?: Parent,
): Promise<Key> {
  const text = params[table] ?? '';
  if (isUuid(text)) return idKey(text);
  if (putById.includes(table)) throw invalidPrimaryKey();
  if (table !== 'certificates') return keyOf(table, text, parent);
  return (await certificateOf(reader, text)) ?? idKey(randomUUID());
}

/**
 * What a client puts at a path. A certificate that is named by an SNI has it, whatever else it has:
 * the same request finds it again.
 */
export function putAtPath(
  table: TableName,
  params: Params,
  input: Values,
  stored: Entity | undefined,
): Values {
  const name = params[table] ?? '';
  if (table !== 'certificates' || isUuid(name)) return input;
  const { snis } = stored === undefined ? input : { ...stored, ...input };
  const names: unknown = snis ?? [];
  // What is no list is refused for it.
  if (!Array.isArray(names) || names.includes(name)) return input;
  return { ...input, snis: [...(names as unknown[]), name] };
}

/** A certificate can be named by one of its SNIs. */
async function certificateOf(reader: StoreReader, sni: string): Promise<Key | undefined> {
  const found = await reader.find('snis', { name: sni });
  return found === undefined ? undefined : idKey(found.certificate.id);
}
