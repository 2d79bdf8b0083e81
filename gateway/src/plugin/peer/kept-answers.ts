import { RecentMap } from '../recent-map.ts';

/** An answer that counts. */
export interface Kept<T> {
  readonly answer: T;
  /** When it counts no longer, ms since the epoch. */
  readonly until: number;
}

/**
 * What peers have said, each for its time. Refusals are kept apart from the rest: anybody can be
 * refused in as many ways as he likes, and is not to push out what others live by.
 */
export class KeptAnswers<T> {
  readonly #accepted: RecentMap<Kept<T>>;
  readonly #refused: RecentMap<Kept<T>>;

  /** @param most of either kind */
  constructor(most: { readonly accepted: number; readonly refused: number }) {
    this.#accepted = new RecentMap(most.accepted);
    this.#refused = new RecentMap(most.refused);
  }

  /** @param now ms since the epoch */
  get(key: string, now: number): Kept<T> | undefined {
    const kept = this.#accepted.get(key) ?? this.#refused.get(key);
    return kept !== undefined && now < kept.until ? kept : undefined;
  }

  /** @param until when it counts no longer, ms since the epoch */
  keep(key: string, kind: 'accepted' | 'refused', answer: T, until: number): void {
    const isAccepted = kind === 'accepted';
    (isAccepted ? this.#accepted : this.#refused).set(key, { answer, until });
    (isAccepted ? this.#refused : this.#accepted).delete(key);
  }
}
