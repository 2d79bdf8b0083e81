import type { TableName } from '../entities/tables.ts';
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
  const before = from === null ? null : viewOf(from);
  const after = viewOf(to);
  const changed = projections.filter(
    (projection) =>
      !haveSame([projection.table, ...projection.reads], from, to) ||
      looksElsewhere(projection, before, after),
  );
  for (const projection of changed) yield* puts(projection, before, after);
  if (before === null) return;
  for (const projection of changed.toReversed()) yield* deletes(projection, before, after);
}

/** Everything that proxy threads are told of a configuration. */
export function toRecords(snapshot: Snapshot): Change[] {
  return [...delta(null, snapshot)];
}

/** Tables in which nothing changed are the same objects, and so are entities. */
function haveSame(names: readonly TableName[], from: Snapshot | null, to: Snapshot): boolean {
  return names.every((name) => from?.tables[name] === to.tables[name]);
}

function looksElsewhere(
  { looksAt }: Projection,
  before: SnapshotView | null,
  after: SnapshotView,
): boolean {
  return looksAt !== undefined && (before === null || looksAt(before) !== looksAt(after));
}

function* puts(
  projection: Projection,
  before: SnapshotView | null,
  after: SnapshotView,
): Generator<Change> {
  const { kind, table, reads, digest, record } = projection;
  const others = before?.snapshot.tables[table];
  const dependsOnOthers =
    !haveSame(reads, before?.snapshot ?? null, after.snapshot) ||
    looksElsewhere(projection, before, after);
  for (const entity of after.snapshot.tables[table].values()) {
    const { id } = entity;
    if (!dependsOnOthers && others?.get(id) === entity) continue;
    const now = digest(after, id);
    if (now === undefined) continue;
    if (before !== null && digestIn(before, { table, digest }, id) === now) continue;
    yield { kind, op: 'put', record: record(after, id) } as Change;
  }
}

function* deletes(
  { kind, table, reads, digest }: Projection,
  before: SnapshotView,
  after: SnapshotView,
): Generator<Change> {
  const others = after.snapshot.tables[table];
  const dependsOnOthers = !haveSame(reads, before.snapshot, after.snapshot);
  for (const entity of before.snapshot.tables[table].values()) {
    const { id } = entity;
    if (!dependsOnOthers && others.get(id) === entity) continue;
    if (digest(before, id) === undefined) continue;
    if (digestIn(after, { table, digest }, id) === undefined) yield { kind, op: 'delete', id };
  }
}

function digestIn(
  view: SnapshotView,
  { table, digest }: Pick<Projection, 'table' | 'digest'>,
  id: string,
): string | undefined {
  return view.snapshot.tables[table].has(id) ? digest(view, id) : undefined;
}
