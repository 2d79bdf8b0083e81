import {
  KEPT_REVISIONS,
  type RevisionSummary,
  type StoredChange,
  type StoredRevision,
  type TransactionOptions,
} from '../contract.ts';
import { takenBack } from '../history.ts';

/** Most changes that are remembered, in all revisions together: memory has an end. */
const MOST_CHANGES = 50_000;

/** The newest revisions, in memory. */
export class MemoryHistory {
  #revisions: StoredRevision[] = [];
  #changes = 0;
  /** The newest revision. */
  #revision: number;
  /** From this revision on everything is known. */
  #base: number;

  constructor(revision: number) {
    this.#revision = revision;
    this.#base = revision;
  }

  get revision(): number {
    return this.#revision;
  }

  add(
    revision: number,
    changes: readonly StoredChange[],
    { by, reason }: Pick<TransactionOptions, 'by' | 'reason'>,
  ): void {
    const changed = changes.length;
    this.#revision = revision;
    this.#revisions.push({
      revision,
      time: Date.now(),
      by: by ?? null,
      reason: reason ?? null,
      changed,
      changes,
    });
    this.#changes += changed;
    while (this.#revisions.length > KEPT_REVISIONS || this.#changes > MOST_CHANGES) this.#forget();
  }

  since(revision: number, limit: number): readonly StoredRevision[] | undefined {
    if (!this.#knows(revision)) return undefined;
    return this.#revisions.filter((one) => one.revision > revision).slice(0, limit);
  }

  newestFirst(before = Infinity, limit = Infinity): readonly RevisionSummary[] {
    return this.#revisions
      .filter(({ revision }) => revision < before)
      .reverse()
      .slice(0, limit)
      .map(({ revision, time, by, reason, changed }) => ({ revision, time, by, reason, changed }));
  }

  backTo(revision: number): readonly StoredChange[] | undefined {
    if (!this.#knows(revision)) return undefined;
    const later = this.#revisions.filter((one) => one.revision > revision);
    return takenBack(later.flatMap(({ changes }) => changes));
  }

  #knows(revision: number): boolean {
    return revision >= this.#base && revision <= this.#revision;
  }

  #forget(): void {
    const oldest = this.#revisions.shift();
    if (oldest === undefined) return;
    this.#base = oldest.revision;
    this.#changes -= oldest.changed;
  }
}
