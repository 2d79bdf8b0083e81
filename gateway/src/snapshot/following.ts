import type { Entity, EntityTables, TableName } from '../entities/tables.ts';
import { DigestSum } from './digest-sum.ts';
import { digestOf, hashOf, type Digests, type Snapshot, type TableDigests } from './snapshot.ts';

/** What became of one entity; `after` is null for one that is gone. */
export interface EntityChange {
  readonly table: TableName;
  readonly id: string;
  readonly after: Entity | null;
}

/**
 * The snapshot that follows another by some changes: only the tables that they are about are copied,
 * and only entities that are new are looked into.
 *
 * @param changes in the order in which they were made; the last one of an entity counts
 */
export function followingSnapshot(
  before: Snapshot,
  changes: Iterable<EntityChange>,
  revision: number,
): Snapshot {
  const edits = new Map<TableName, TableEdit>();
  for (const change of changes) {
    let edit = edits.get(change.table);
    if (edit === undefined) {
      edit = new TableEdit(before.tables[change.table], before.digests[change.table]);
      edits.set(change.table, edit);
    }
    edit.apply(change);
  }
  if (edits.size === 0) return { ...before, revision };
  const changed = [...edits];
  const tables = {
    ...before.tables,
    ...Object.fromEntries(changed.map(([table, edit]) => [table, edit.entities])),
  } as EntityTables;
  const digests: Digests = {
    ...before.digests,
    ...Object.fromEntries(changed.map(([table, edit]) => [table, edit.digests])),
  };
  return { ...before, revision, hash: hashOf(digests), tables, digests };
}

class TableEdit {
  readonly entities: Map<string, Entity>;
  readonly #byId: Map<string, string>;
  readonly #sum: DigestSum;

  constructor(entities: ReadonlyMap<string, Entity>, { byId, sum }: TableDigests) {
    this.entities = new Map(entities);
    this.#byId = new Map(byId);
    this.#sum = DigestSum.from(sum);
  }

  get digests(): TableDigests {
    return { byId: this.#byId, sum: this.#sum.text };
  }

  apply({ id, after }: EntityChange): void {
    const known = this.#byId.get(id);
    if (known !== undefined) this.#sum.subtract(known);
    if (after === null) {
      this.entities.delete(id);
      this.#byId.delete(id);
      return;
    }
    const digest = digestOf(after);
    this.#sum.add(digest);
    this.entities.set(id, after);
    this.#byId.set(id, digest);
  }
}
