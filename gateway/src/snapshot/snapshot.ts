import { hash } from 'node:crypto';
import { tableNames, type Entity, type EntityTables, type TableName } from '../entities/tables.ts';
import { DigestSum } from './digest-sum.ts';
import { ALL_RUN, type UnrunnablePlugins } from './unrunnable-plugins.ts';

/** An immutable, validated configuration. */
export interface Snapshot {
  /** Counts up with every configuration that this node took. */
  readonly revision: number;
  /** 32 hexadecimal digits; the same for the same entities, in whatever order they were declared. */
  readonly hash: string;
  readonly tables: EntityTables;
  readonly digests: Digests;
  readonly unrunnable: UnrunnablePlugins;
}

export type Digests = Readonly<Record<TableName, TableDigests>>;

/** What the entities of a table are told apart by. */
export interface TableDigests {
  /** Of each entity's content, by id. */
  readonly byId: ReadonlyMap<string, string>;
  /** Of all of them, in whatever order. */
  readonly sum: string;
}

/**
 * Makes a snapshot of entities that were validated together. They must not change afterwards.
 *
 * @param before a snapshot of which entities may be among them, so that they need no look inside
 * @param unrunnable plugins that threads cannot run
 */
export function createSnapshot(
  tables: EntityTables,
  revision: number,
  before?: Snapshot,
  unrunnable: UnrunnablePlugins = ALL_RUN,
): Snapshot {
  const digests = Object.fromEntries(
    tableNames.map((table) => [table, digestsOf(table, tables, before)]),
  ) as unknown as Digests;
  return { revision, hash: hashOf(digests), tables, digests, unrunnable };
}

function digestsOf(
  table: TableName,
  tables: EntityTables,
  before: Snapshot | undefined,
): TableDigests {
  const known = before?.tables[table];
  const knownDigests = before?.digests[table];
  if (knownDigests !== undefined && known === tables[table]) return knownDigests;
  const byId = new Map<string, string>();
  for (const entity of tables[table].values()) {
    const { id } = entity;
    const digest = known?.get(id) === entity ? knownDigests?.byId.get(id) : undefined;
    byId.set(id, digest ?? digestOf(entity));
  }
  return { byId, sum: DigestSum.of(byId.values()).text };
}

/** SHA-256, a byte a character. */
export function digestOf(entity: Entity): string {
  // All entities of a table have the same fields in the same order: the values alone will do.
  const values: unknown[] = [];
  for (const name in entity) {
    // When an entity was read is not part of what it says.
    const isMoment = name === 'created_at' || name === 'updated_at';
    if (!isMoment) values.push(entity[name as keyof Entity]);
  }
  return hash('sha256', JSON.stringify(values), 'latin1');
}

/** 32 hexadecimal digits for all digests. */
export function hashOf(digests: Digests): string {
  const sums = tableNames.map((table) => `${table}:${digests[table].sum}`);
  return hash('sha256', sums.join(';')).slice(0, 32);
}
