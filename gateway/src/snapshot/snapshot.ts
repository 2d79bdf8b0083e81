import { hash } from 'node:crypto';
import { tableNames, type Entity, type EntityTables, type TableName } from '../entities/tables.ts';

/** An immutable, validated configuration. */
export interface Snapshot {
  /** Counts up with every configuration that this node took. */
  readonly revision: number;
  /** 32 hexadecimal digits; the same for the same entities, in whatever order they were declared. */
  readonly hash: string;
  readonly tables: EntityTables;
  readonly digests: Digests;
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
 */
export function createSnapshot(
  tables: EntityTables,
  revision: number,
  before?: Snapshot,
): Snapshot {
  const digests = Object.fromEntries(
    tableNames.map((table) => [table, digestsOf(table, tables, before)]),
  ) as unknown as Digests;
  return { revision, hash: hashOf(digests), tables, digests };
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
  return { byId, sum: sumOf(byId.values()) };
}

/** SHA-256, a byte a character. */
function digestOf(entity: Entity): string {
  // All entities of a table have the same fields in the same order: the values alone will do.
  const values: unknown[] = [];
  for (const name in entity) {
    // When an entity was read is not part of what it says.
    const isMoment = name === 'created_at' || name === 'updated_at';
    if (!isMoment) values.push(entity[name as keyof Entity]);
  }
  return hash('sha256', JSON.stringify(values), 'latin1');
}

/** Numbers of 16 bits in a digest. */
const LIMBS = 16;

/**
 * Adds digests up, limb by limb, so that their order does not matter. Sorting them would do the same
 * at twenty times the cost. That a sum can be forged by somebody who may choose very many entities at
 * will does no harm: all that he gains is that his own change is taken for none.
 */
function sumOf(digests: Iterable<string>): string {
  // A double counts exactly up to 2^53: no sum of 16 bits comes near.
  const sums = new Float64Array(LIMBS);
  for (const digest of digests) {
    for (let limb = 0; limb < LIMBS; limb += 1) {
      const value = digest.charCodeAt(2 * limb) | (digest.charCodeAt(2 * limb + 1) << 8);
      sums[limb] = (sums[limb] ?? 0) + value;
    }
  }
  return sums.join();
}

function hashOf(digests: Digests): string {
  const sums = tableNames.map((table) => `${table}:${digests[table].sum}`);
  return hash('sha256', sums.join(';')).slice(0, 32);
}
