import type { StoredChange } from './contract.ts';
import { inOrder, isSameEntity } from './entity.ts';

/**
 * What leads back over changes, given oldest first: for every entity the newest state of it and the
 * one before the first of the changes.
 */
export function takenBack(changes: Iterable<StoredChange>): StoredChange[] {
  const back = new Map<string, StoredChange>();
  for (const { table, id, before, after } of changes) {
    const name = `${table} ${id}`;
    const then = back.get(name);
    back.set(name, { table, id, before: after, after: then === undefined ? before : then.after });
  }
  return inOrder([...back.values()].filter(({ before, after }) => !isSameEntity(before, after)));
}

/** Before this time history may be forgotten, ms since the epoch. */
export function forgettable(now: number, days: number): number {
  return now - days * 24 * 60 * 60 * 1000;
}
