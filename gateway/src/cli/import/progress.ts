/** How often progress is told where nobody watches, in steps of all; and where somebody does, ms. */
const QUIET_STEPS = 10;
const WATCHED_EVERY = 100;

/** Tells how far something is. */
export class Progress {
  readonly #stream: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly #total: number;
  #done = 0;
  #toldAt = 0;

  constructor(stream: NodeJS.WritableStream, total: number) {
    this.#stream = stream;
    this.#total = total;
  }

  /** Begins anew. */
  restart(): void {
    this.#done = 0;
    this.#toldAt = 0;
  }

  step(): void {
    this.#done += 1;
    if (this.#stream.isTTY === true) this.#showLine();
    else this.#tellSometimes();
  }

  /** Tells that the steps are done and something remains to be waited for. */
  end(): void {
    if (this.#stream.isTTY === true) this.#stream.write(`\r\x1b[K`);
  }

  #showLine(): void {
    const now = performance.now();
    if (this.#done < this.#total && now - this.#toldAt < WATCHED_EVERY) return;
    this.#toldAt = now;
    this.#stream.write(`\r\x1b[K${this.#text()}`);
  }

  #tellSometimes(): void {
    if (this.#total < 1000) return;
    const step = Math.floor((this.#done / this.#total) * QUIET_STEPS);
    if (step === this.#toldAt) return;
    this.#toldAt = step;
    this.#stream.write(`${this.#text()}\n`);
  }

  #text(): string {
    const percent = Math.floor((this.#done / this.#total) * 100);
    return `${this.#done} of ${this.#total} written (${percent} %)`;
  }
}
