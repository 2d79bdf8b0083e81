/** Why something is not begun. */
export const TOO_MUCH = Symbol('too much work is waiting');

export interface WorkBounds {
  /** Pieces of work under way at the same time. */
  readonly atOnce: number;
  /** Pieces of work under way or waiting, together. */
  readonly most: number;
  /** Of these, how many may be there for one owner, so that nobody takes the place of all others. */
  readonly mostOfOwner: number;
}

/**
 * Does work that costs much a little at a time. What is asked for while it is already waiting is done
 * once; what would wait behind too much is refused at once.
 */
export class BoundedWork<T> {
  readonly #bounds: WorkBounds;
  readonly #byKey = new Map<string, Promise<T>>();
  readonly #ofOwner = new Map<string, number>();
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(bounds: WorkBounds) {
    this.#bounds = bounds;
  }

  /** Pieces of work under way or waiting. */
  get size(): number {
    return this.#byKey.size;
  }

  /**
   * @param key what is the same work has the same key
   * @param owner on whose behalf, e.g. the address of a client
   * @returns what `work` returns, sooner or later, or `TOO_MUCH`
   */
  run(key: string, owner: string, work: () => Promise<T>): Promise<T> | typeof TOO_MUCH {
    const same = this.#byKey.get(key);
    if (same !== undefined) return same;
    const { most, mostOfOwner } = this.#bounds;
    const owned = this.#ofOwner.get(owner) ?? 0;
    if (this.#byKey.size >= most || owned >= mostOfOwner) return TOO_MUCH;
    this.#ofOwner.set(owner, owned + 1);
    const result = this.#inTurn(work).finally(() => this.#leave(key, owner));
    this.#byKey.set(key, result);
    return result;
  }

  async #inTurn(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#bounds.atOnce) {
      // Whoever ends hands its place over, so that the count stays as it is.
      await new Promise<void>((begin) => this.#waiting.push(begin));
    } else {
      this.#running++;
    }
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }

  #leave(key: string, owner: string): void {
    this.#byKey.delete(key);
    const owned = this.#ofOwner.get(owner) ?? 0;
    if (owned > 1) this.#ofOwner.set(owner, owned - 1);
    else this.#ofOwner.delete(owner);
  }
}
