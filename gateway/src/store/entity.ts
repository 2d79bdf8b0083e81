import { isDeepStrictEqual } from 'node:util';
import { definitionOf, tableNames, type Entity, type TableName } from '../entities/tables.ts';
import type { StoredChange } from './contract.ts';
import type { Values } from './keys.ts';

/** The field that says, in seconds since the epoch, until when an entity counts. */
export const expiryField = 'expires_at';

export const tablesThatExpire: readonly TableName[] = tableNames.filter((table) =>
  Object.hasOwn(definitionOf(table).fields, expiryField),
);

/** @param now ms since the epoch */
export function isExpired(entity: Entity, now: number): boolean {
  const until = (entity as Values)[expiryField];
  return typeof until === 'number' && until * 1000 <= now;
}

/** An entity with exactly the fields of its definition, in their order. */
export function withAllFields(table: TableName, values: Values): Entity {
  const entity: Record<string, unknown> = {};
  for (const name of namesOf(table)) entity[name] = values[name] ?? null;
  return entity as Entity;
}

/**
 * What is kept of an entity: all of its fields, in order. The SNIs of a certificate are left out,
 * since they are entities of their own.
 */
export function complete(table: TableName, values: Values): Entity {
  return withAllFields(table, table === 'certificates' ? { ...values, snis: null } : values);
}

export function isSameEntity(a: Entity | null, b: Entity | null): boolean {
  return a === b || isDeepStrictEqual(a, b);
}

/** A certificate together with the names of its SNIs. */
export function withNames(certificate: Entity, names: readonly string[]): Entity {
  return { ...certificate, snis: [...names].sort() };
}

/** What there is comes before what refers to it; what goes, after. */
export function inOrder(changes: readonly StoredChange[]): StoredChange[] {
  const kept = changes.filter(({ after }) => after !== null);
  const gone = changes.filter(({ after }) => after === null);
  return [
    ...kept.sort((a, b) => rank(a.table) - rank(b.table)),
    ...gone.sort((a, b) => rank(b.table) - rank(a.table)),
  ];
}

const ranks = new Map(tableNames.map((table, index) => [table, index]));

function rank(table: TableName): number {
  return ranks.get(table) ?? 0;
}

const fieldNames = new Map<TableName, readonly string[]>();

function namesOf(table: TableName): readonly string[] {
  let names = fieldNames.get(table);
  if (names === undefined) {
    names = Object.keys(definitionOf(table).fields);
    fieldNames.set(table, names);
  }
  return names;
}
