import type { RevisionSummary } from '../contract.ts';

type Mark = Pick<RevisionSummary, 'revision' | 'time'>;

/**
 * Tells whether a database still has the history that was read from it before. One that was restored
 * from a backup counts on from there, and so comes to numbers that stand for something else.
 */
export class Lineage {
  #last: Mark | undefined;

  /** Takes note of the newest revision that was read. */
  note(newest: Mark | undefined): void {
    if (newest !== undefined) this.#last = { revision: newest.revision, time: newest.time };
  }

  /** Whether a revision, as it is kept now, is the one that was read. */
  isSame({ revision, time }: Mark): boolean {
    return this.#last?.revision !== revision || this.#last.time === time;
  }
}
