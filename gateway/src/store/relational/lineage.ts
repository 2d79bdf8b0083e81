import type { RevisionSummary } from '../contract.ts';

/** A revision, told from others of its number by the time when it was made. */
type Mark = Pick<RevisionSummary, 'revision' | 'time'>;

/**
 * Tells whether a database still has the history that was read from it before. One that was restored
 * from a backup counts on from there, and so comes to numbers that stand for something else.
 */
export class Lineage {
  #last: Mark | undefined;

  /** Everything was read, up to this revision: from now on that is the history. */
  begin(newest: Mark | undefined): void {
    this.#last = newest;
  }

  /** What follows was read, up to this revision; looking at older ones again changes nothing. */
  goOn(newest: Mark | undefined): void {
    if (newest !== undefined && newest.revision >= (this.#last?.revision ?? 0)) this.#last = newest;
  }

  /** Whether a revision, as it is kept now, is the one that was read. */
  isSame({ revision, time }: Mark): boolean {
    return this.#last?.revision !== revision || this.#last.time === time;
  }
}
