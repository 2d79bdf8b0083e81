import type { StoredChange } from '../../store/contract.ts';

/**
 * Changes that this process made and that the node has not taken yet. They need not be read from the
 * store again, and are known to whoever judges the next change.
 */
export class ChangesAhead {
  readonly #byRevision = new Map<number, readonly StoredChange[]>();

  add(revision: number, changes: readonly StoredChange[]): void {
    this.#byRevision.set(revision, changes);
  }

  /** What leads on from a revision without a gap; null when the next one is not known here. */
  after(revision: number): { readonly revision: number; readonly changes: StoredChange[] } | null {
    const changes: StoredChange[] = [];
    let newest = revision;
    for (;;) {
      const next = this.#byRevision.get(newest + 1);
      if (next === undefined) break;
      newest += 1;
      for (const change of next) changes.push(change);
    }
    return newest === revision ? null : { revision: newest, changes };
  }

  /** Everything, in the order in which it was made. */
  all(): StoredChange[] {
    if (this.#byRevision.size === 0) return [];
    const known = [...this.#byRevision].sort(([a], [b]) => a - b);
    return known.flatMap(([, changes]) => changes);
  }

  /** Drops everything: the store went another way. */
  clear(): void {
    this.#byRevision.clear();
  }

  /** Drops what was taken. */
  forget(revision: number): void {
    for (const known of this.#byRevision.keys()) {
      if (known <= revision) this.#byRevision.delete(known);
    }
  }
}
