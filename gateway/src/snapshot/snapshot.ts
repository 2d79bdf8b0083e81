import { createHash, hash } from 'node:crypto';
import { tableNames, type EntityTables, type TableName } from '../entities/tables.ts';

/** An immutable, validated configuration. */
export interface Snapshot {
  /** Counts up with every configuration that this node took. */
  readonly revision: number;
  /** 32 hexadecimal digits; the same for the same entities, in whatever order they were declared. */
  readonly hash: string;
  readonly tables: EntityTables;
  /** What each entity's content is told apart by, by table and id. */
  readonly digests: Digests;
}

export type Digests = Readonly<Record<TableName, ReadonlyMap<string, string>>>;

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
): ReadonlyMap<string, string> {
  const known = before?.tables[table];
  const knownDigests = before?.digests[table];
  if (knownDigests !== undefined && known === tables[table]) return knownDigests;
  const digests = new Map<string, string>();
  for (const [id, entity] of tables[table]) {
    const digest = known?.get(id) === entity ? knownDigests?.get(id) : undefined;
    digests.set(id, digest ?? digestOf(entity));
  }
  return digests;
}

/** SHA-256, a byte a character. */
function digestOf(entity: object): string {
  // When an entity was read is not part of what it says.
  const content = { ...entity, created_at: undefined, updated_at: undefined };
  return hash('sha256', JSON.stringify(content), 'latin1');
}

/** Numbers of 16 bits in a digest. */
const LIMBS = 16;

/**
 * Adds up the digests of each table, so that their order does not matter, and hashes the sums. Sorting
 * would do the same at twenty times the cost. That sums can be forged by somebody who may choose very
 * many entities at will is no harm here: all he gains is that his own change is taken for none.
 */
function hashOf(digests: Digests): string {
  const all = createHash('sha256');
  const sums = new Float64Array(LIMBS);
  for (const table of tableNames) {
    sums.fill(0);
    for (const digest of digests[table].values()) {
      for (let limb = 0; limb < LIMBS; limb += 1) {
        const value = digest.charCodeAt(2 * limb) | (digest.charCodeAt(2 * limb + 1) << 8);
        sums[limb] = (sums[limb] ?? 0) + value;
      }
    }
    all.update(`${table}:${sums.join()};`);
  }
  return all.digest('hex').slice(0, 32);
}
