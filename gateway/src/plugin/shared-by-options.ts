/** A share in something. */
export interface Share<T> {
  readonly thing: T;
  /** Call when it is not needed any more; once is enough. */
  readonly release: () => void;
}

/** Things that all who want them with the same options share, for as long as anybody does. */
export class SharedByOptions<T> {
  readonly #close: (thing: T) => void;
  readonly #held = new Map<string, { readonly thing: T; users: number }>();

  /** @param close called when nobody uses the thing any more */
  constructor(close: (thing: T) => void = () => {}) {
    this.#close = close;
  }

  /** @param options plain data that says everything about the thing */
  share(options: unknown, make: () => T): Share<T> {
    const key = JSON.stringify(options);
    const held = this.#held.get(key) ?? { thing: make(), users: 0 };
    this.#held.set(key, held);
    held.users++;
    let released = false;
    return {
      thing: held.thing,
      release: () => {
        if (released) return;
        released = true;
        if (--held.users > 0) return;
        this.#held.delete(key);
        this.#close(held.thing);
      },
    };
  }
}
