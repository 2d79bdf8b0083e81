import type { Entity, TableName } from '../../entities/tables.ts';
import { createInput, patchInput, replaceInput } from '../../entities/client-input.ts';
import type { StoreTransaction } from '../../store/contract.ts';
import {
  entityNotFound,
  notFound,
  operationUnsupported,
  type Verb,
} from '../errors/kong-errors.ts';
import { checkUnreferenced } from './ca-references.ts';
import { checkNames, storeNames } from './certificate-snis.ts';
import { checkConditions } from './conditions.ts';
import type { ClientInput, Values, WriteContext } from './context.ts';
import { fieldsOf, findByKey, type Key } from './keys.ts';
import { checkScope } from './plugin-scope.ts';
import { resolveReferences } from './references.ts';
import { validated, type Completeness } from './validated.ts';

/**
 * Everything that can be done to a single entity. All of it happens within a transaction, which may
 * run again, so nothing here has an effect outside of it.
 */

/** @throws AdminError, StoreConflict */
export async function createEntity(
  tx: StoreTransaction,
  context: WriteContext,
  table: TableName,
  input: Values,
): Promise<Entity> {
  const entity = await judged(tx, context, table, createInput(table, input));
  refuseReadOnly(context, 'create', table);
  return put(tx, context, table, undefined, entity);
}

/**
 * Puts a whole entity in the place of the one that a key names, which need not exist. What the key
 * says wins over what the input says.
 *
 * @throws AdminError, StoreConflict
 */
export function replaceEntity(
  tx: StoreTransaction,
  context: WriteContext,
  table: TableName,
  key: Key,
  input: ClientInput,
): Promise<Entity> {
  return putAt(tx, context, table, key, {
    verb: 'create or update',
    completeness: 'whole',
    meant: (stored) => {
      const given = { ...input(table, stored), ...fieldsOf(table, key) };
      return replaceInput(table, stored, given);
    },
  });
}

/**
 * Changes what the input names in the entity of a key.
 *
 * @throws AdminError, StoreConflict
 */
export function patchEntity(
  tx: StoreTransaction,
  context: WriteContext,
  table: TableName,
  key: Key,
  input: ClientInput,
): Promise<Entity> {
  return putAt(tx, context, table, key, {
    verb: 'update',
    completeness: 'patched',
    meant: (stored) => {
      const given = input(table, stored);
      if (stored === undefined) throw missing(table, key, given);
      return patchInput(table, stored, given, context.plugins);
    },
  });
}

/**
 * Deletes the entity of a key, and what belongs to it, if it is there.
 *
 * @throws AdminError, StoreConflict
 */
export async function removeEntity(
  tx: StoreTransaction,
  context: WriteContext,
  table: TableName,
  key: Key,
): Promise<void> {
  const stored = await findByKey(tx, table, key);
  checkConditions(context.conditions, stored);
  if (stored === undefined) return;
  if (context.readOnly) throw removalRefused(table, key, stored);
  if (table === 'ca_certificates') await checkUnreferenced(tx, stored.id);
  await tx.delete(table, stored.id);
}

interface Replacement {
  readonly verb: Verb;
  readonly completeness: Completeness;
  /** The entity that is meant, from what is stored; it is judged afterwards. */
  readonly meant: (stored: Entity | undefined) => Values;
}

async function putAt(
  tx: StoreTransaction,
  context: WriteContext,
  table: TableName,
  key: Key,
  { verb, completeness, meant }: Replacement,
): Promise<Entity> {
  const stored = await findByKey(tx, table, key);
  checkConditions(context.conditions, stored);
  const entity = await judged(tx, context, table, meant(stored), completeness);
  refuseReadOnly(context, verb, table, key);
  return put(tx, context, table, stored, entity);
}

async function judged(
  tx: StoreTransaction,
  { plugins }: WriteContext,
  table: TableName,
  input: Values,
  completeness?: Completeness,
): Promise<Entity> {
  const resolved = await resolveReferences(tx, table, input);
  const entity = validated(table, resolved, plugins, completeness);
  if (table === 'plugins') await checkScope(tx, entity as Entity<'plugins'>);
  if (table === 'certificates') await checkNames(tx, entity as Entity<'certificates'>);
  return entity;
}

async function put(
  tx: StoreTransaction,
  { plugins }: WriteContext,
  table: TableName,
  stored: Entity | undefined,
  entity: Entity,
): Promise<Entity> {
  if (stored === undefined) await tx.insert(table, entity);
  else await tx.update(table, entity);
  if (table !== 'certificates') return entity;
  const certificate = entity as Entity<'certificates'>;
  await storeNames(tx, certificate, plugins);
  return { ...certificate, snis: [...(certificate.snis ?? [])].sort() };
}

/** Kong looks a plugin up before anything else when it is not told which one it is, and says less. */
function missing(table: TableName, key: Key, given: Values): Error {
  const unnamed = table === 'plugins' && given.name == null;
  return unnamed ? notFound() : entityNotFound(key.field, key.value);
}

function refuseReadOnly({ readOnly }: WriteContext, verb: Verb, table: TableName, key?: Key): void {
  if (readOnly) throw operationUnsupported(verb, table, nameIn(key));
}

/** The field of a key that is a name of its own, without the entity around it. */
function nameIn(key: Key | undefined): string | undefined {
  const isName = key !== undefined && key.field !== 'id' && Object.keys(key.values).length === 1;
  return isName ? key.field : undefined;
}

/** Kong would begin with the SNIs of a certificate, and so names them. */
function removalRefused(table: TableName, key: Key, stored: Entity): Error {
  const names = table === 'certificates' ? ((stored as Entity<'certificates'>).snis ?? []) : [];
  if (names.length > 0) return operationUnsupported('remove', 'snis', 'name');
  return operationUnsupported('remove', table, nameIn(key));
}
