import type { Entity, TableName } from '../entities/tables.ts';
import { PersistentMap } from './persistent-map.ts';
import { projections, type Projection } from './projections.ts';
import type { Change } from './records.ts';
import type { Snapshot } from './snapshot.ts';
import { viewOf, type SnapshotView } from './snapshot-view.ts';

/**
 * The steps from one configuration to another, made as they are asked for. What refers to others is
 * put after them; what is gone, or disabled, is deleted at the end. Entities that say what they said
 * before cause no step.
 *
 * @param from null: the empty configuration
 */
export function* delta(from: Snapshot | null, to: Snapshot): Generator<Change> {
  const after = viewOf(to);
  if (from === null) {
    for (const projection of projections) yield* everything(projection, after);
    return;
  }
  const difference = new Difference(viewOf(from), after);
  for (const projection of projections) yield* difference.puts(projection);
  for (const projection of projections.toReversed()) yield* difference.deletes(projection);
}

/** Everything that proxy threads are told of a configuration. */
export function toRecords(snapshot: Snapshot): Change[] {
  return [...delta(null, snapshot)];
}

function* everything(projection: Projection, view: SnapshotView): Generator<Change> {
  const { kind, table } = projection;
  for (const entity of view.snapshot.tables[table].values()) {
    if (!projection.serves(view, entity)) continue;
    yield { kind, op: 'put', record: projection.record(view, entity) } as Change;
  }
}

/** Undefined when threads are not told of the entity. */
function digestOf(projection: Projection, view: SnapshotView, entity: Entity): string | undefined {
  return projection.serves(view, entity) ? projection.digest(view, entity) : undefined;
}

/** What differs between two configurations. Only what may have changed is looked into. */
class Difference {
  readonly #before: SnapshotView;
  readonly #after: SnapshotView;
  readonly #changed = new Map<TableName, readonly string[]>();
  readonly #gone = new Map<Projection, readonly string[]>();

  constructor(before: SnapshotView, after: SnapshotView) {
    this.#before = before;
    this.#after = after;
  }

  /** What is new or says something else. Finds what is gone as well. */
  *puts(projection: Projection): Generator<Change> {
    const { kind, table } = projection;
    const [before, after] = [this.#before, this.#after];
    const entities = this.#tables(table);
    const gone: string[] = [];
    this.#gone.set(projection, gone);
    for (const id of this.#concernedBy(projection)) {
      const old = entities.before.get(id);
      const now = entities.after.get(id);
      const oldDigest = old === undefined ? undefined : digestOf(projection, before, old);
      const digest = now === undefined ? undefined : digestOf(projection, after, now);
      if (digest === oldDigest) continue;
      if (now === undefined || digest === undefined) gone.push(id);
      else yield { kind, op: 'put', record: projection.record(after, now) } as Change;
    }
  }

  /** What is gone, after the puts. */
  *deletes(projection: Projection): Generator<Change> {
    const { kind } = projection;
    for (const id of this.#gone.get(projection) ?? []) yield { kind, op: 'delete', id };
  }

  /** Ids of the entities whose records may have changed. */
  #concernedBy({ table, reads, looksAt }: Projection): Iterable<string> {
    if (looksAt !== undefined && looksAt(this.#before) !== looksAt(this.#after)) {
      return this.#allIn(table);
    }
    const changed = this.#changedIn(table);
    let all: Set<string> | null = null;
    for (const reading of reads) {
      for (const id of this.#changedIn(reading.table)) {
        const concerned = reading.concerns(id, this.#before, this.#after);
        if (concerned === 'all') return this.#allIn(table);
        if (concerned.length === 0) continue;
        all ??= new Set(changed);
        for (const other of concerned) all.add(other);
      }
    }
    return all ?? changed;
  }

  #allIn(table: TableName): Iterable<string> {
    const { before, after } = this.#tables(table);
    return new Set([...after.keys(), ...before.keys()]);
  }

  /** Tables in which nothing changed are the same objects, and so are entities. */
  #changedIn(table: TableName): readonly string[] {
    let ids = this.#changed.get(table);
    if (ids === undefined) {
      const { before, after } = this.#tables(table);
      ids = before === after ? [] : PersistentMap.differing<Entity>(before, after);
      this.#changed.set(table, ids);
    }
    return ids;
  }

  #tables(table: TableName) {
    return {
      before: this.#before.snapshot.tables[table],
      after: this.#after.snapshot.tables[table],
    };
  }
}
