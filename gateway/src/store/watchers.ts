/** Those who want to hear of something, such as a commit. */
export class Watchers<News extends readonly unknown[] = []> {
  readonly #listeners = new Set<(...news: News) => void>();

  /** @returns ends it */
  add(listener: (...news: News) => void): () => void {
    // Its own function, so that one listener can be added twice.
    const call = (...news: News): void => listener(...news);
    this.#listeners.add(call);
    return () => void this.#listeners.delete(call);
  }

  get size(): number {
    return this.#listeners.size;
  }

  call(...news: News): void {
    for (const listener of this.#listeners) listener(...news);
  }
}
