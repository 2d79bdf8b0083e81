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
  const changed = projections.filter(({ table, reads }) => !haveSame([table, ...reads], from, to));
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

function* puts(
  { kind, table, reads, digest, record }: Projection,
  before: SnapshotView | null,
  after: SnapshotView,
): Generator<Change> {
  const others = before?.snapshot.tables[table];
  const dependsOnOthers = !haveSame(reads, before?.snapshot ?? null, after.snapshot);
  for (const entity of after.snapshot.tables[table].values()) {
    const other = others?.get(entity.id);
    if (!dependsOnOthers && other === entity) continue;
    const now = digest(after, entity);
    if (now === undefined) continue;
    if (before !== null && other !== undefined && digest(before, other) === now) continue;
    yield { kind, op: 'put', record: record(after, entity) } as Change;
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
    const other = others.get(id);
    if (!dependsOnOthers && other === entity) continue;
    const isGone = other === undefined || digest(after, other) === undefined;
    if (isGone && digest(before, entity) !== undefined) yield { kind, op: 'delete', id };
  }
}
