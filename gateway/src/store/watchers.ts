/** Those who want to hear that something was committed. */
export class Watchers {
  readonly #listeners = new Set<() => void>();

  /** @returns ends it */
  add(listener: () => void): () => void {
    // Its own function, so that one listener can be added twice.
    const call = (): void => listener();
    this.#listeners.add(call);
    return () => void this.#listeners.delete(call);
  }

  get size(): number {
    return this.#listeners.size;
  }

  call(): void {
    for (const listener of this.#listeners) listener();
  }
}
