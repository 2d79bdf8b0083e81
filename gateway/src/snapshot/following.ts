import { tableNames, type Entity, type TableName } from '../entities/tables.ts';
import { DigestSum } from './digest-sum.ts';
import { PersistentMap, type MapEdit } from './persistent-map.ts';
import { digestOf, hashOf, type Snapshot, type TableDigests } from './snapshot.ts';

/** What became of one entity; `after` is null for one that is gone. */
export interface EntityChange {
  readonly table: TableName;
  readonly id: string;
  readonly after: Entity | null;
}

/** The same snapshot, made ready for others to follow it at little cost. */
export function followable(snapshot: Snapshot): Snapshot {
  const ready = tableNames.map((table) => {
    const edit = new TableEdit(snapshot.tables[table], snapshot.digests[table]);
    return [table, edit.done()] as const;
  });
  return { ...snapshot, ...asParts(ready) };
}

/**
 * The snapshot that follows another by some changes. It shares with it all that did not change, and
 * only entities that are new are looked into.
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
  const changed = asParts([...edits].map(([table, edit]) => [table, edit.done()] as const));
  const tables = { ...before.tables, ...changed.tables };
  const digests = { ...before.digests, ...changed.digests };
  return { ...before, revision, hash: hashOf(digests), tables, digests };
}

/** Edited tables in the form of a snapshot. */
function asParts(
  edited: readonly (readonly [TableName, EditedTable])[],
): Pick<Snapshot, 'tables' | 'digests'> {
  return {
    tables: Object.fromEntries(edited.map(([table, { entities }]) => [table, entities])),
    digests: Object.fromEntries(edited.map(([table, { digests }]) => [table, digests])),
  } as unknown as Pick<Snapshot, 'tables' | 'digests'>;
}

interface EditedTable {
  readonly entities: ReadonlyMap<string, Entity>;
  readonly digests: TableDigests;
}

class TableEdit {
  readonly #entities: MapEdit<Entity>;
  readonly #byId: MapEdit<string>;
  readonly #sum: DigestSum;

  constructor(entities: ReadonlyMap<string, Entity>, { byId, sum }: TableDigests) {
    this.#entities = PersistentMap.from(entities).edit();
    this.#byId = PersistentMap.from(byId).edit();
    this.#sum = DigestSum.from(sum);
  }

  apply({ id, after }: EntityChange): void {
    const known = this.#byId.get(id);
    if (known !== undefined) this.#sum.subtract(known);
    if (after === null) {
      this.#entities.delete(id);
      this.#byId.delete(id);
      return;
    }
    const digest = digestOf(after);
    this.#sum.add(digest);
    this.#entities.set(id, after);
    this.#byId.set(id, digest);
  }

  done(): EditedTable {
    const digests = { byId: this.#byId.done(), sum: this.#sum.text };
    return { entities: this.#entities.done(), digests };
  }
}
