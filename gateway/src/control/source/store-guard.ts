/** A store, and a revision of it. The store is null when a copy does not say of which it is. */
interface Mark {
  readonly identity: string | null;
  readonly revision: number;
}

/**
 * Decides whether what a store holds may take the place of what is served. A store that was made anew
 * where the one that is served has been, such as in a database that was emptied, may not: that would
 * take everything out of service, on every node. A backup of the same store may.
 */
export class StoreGuard {
  readonly #howToTurn: string;
  #served: Mark | null = null;
  #problem: string | null = null;

  /** @param howToTurn what an operator does to have another store served, for messages */
  constructor(howToTurn: string) {
    this.#howToTurn = howToTurn;
  }

  /** Why the store is not followed, for operators; null when it is. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Something is served, or could be: from now on only the same store may follow. */
  serves(mark: Mark): void {
    this.#served = mark;
  }

  /** Whether a store is the one that is served. One that is not is a problem from now on. */
  admits(identity: string): boolean {
    const known = this.#served?.identity ?? null;
    this.#problem = known === null || known === identity ? null : this.#describe(identity);
    return this.#problem === null;
  }

  #describe(identity: string): string {
    const { identity: known, revision } = this.#served ?? {};
    return (
      `the database holds another store, made on ${identity}, than the one that is served, made on ${known}; ` +
      `revision ${revision} of that goes on serving, and nothing is changed in the other; ${this.#howToTurn}`
    );
  }
}
