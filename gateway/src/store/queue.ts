/** Runs one piece of asynchronous work after the other. */
export class Queue {
  #last: Promise<unknown> = Promise.resolve();

  run<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** When everything that was handed in is done. */
  async idle(): Promise<void> {
    await this.#last;
  }
}
