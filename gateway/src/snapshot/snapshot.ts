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

/** Makes a snapshot of entities that were validated together. They must not change afterwards. */
export function createSnapshot(tables: EntityTables, revision: number): Snapshot {
  const digests = Object.fromEntries(
    tableNames.map((table) => [table, digestsOf(tables[table])]),
  ) as unknown as Digests;
  return { revision, hash: hashOf(digests), tables, digests };
}

function digestsOf(entities: ReadonlyMap<string, object>): Map<string, string> {
  const digests = new Map<string, string>();
  for (const [id, entity] of entities) {
    // When an entity was read is not part of what it says.
    const content = { ...entity, created_at: undefined, updated_at: undefined };
    digests.set(id, hash('sha256', JSON.stringify(content), 'base64'));
  }
  return digests;
}

function hashOf(digests: Digests): string {
  const all = createHash('sha256');
  for (const table of tableNames) {
    all.update(table);
    for (const digest of [...digests[table].values()].sort()) all.update(digest);
  }
  return all.digest('hex').slice(0, 32);
}
