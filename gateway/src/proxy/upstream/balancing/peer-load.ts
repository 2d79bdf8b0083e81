/** Time after which what was measured counts for a third of what it did, ms. */
const DECAY = 10_000;

/** A failure counts as an answer that took this long, however soon it came, ms. */
const FAILURE = 1000;

/** What the requests of this thread find at one address. */
export class PeerLoad {
  /** Requests and streams that are with it. */
  open = 0;
  /** Moving average of how long it takes, ms, as of `#touched`. */
  #average: number;
  #touched: number;

  /**
   * @param average to begin with, ms; null when there is nothing to go by, so that the first that is
   *   measured counts alone
   * @param now ms
   */
  constructor(average: number | null, now: number) {
    this.#average = average ?? 0;
    this.#touched = average === null ? -Infinity : now;
  }

  /** How long it takes, ms. Without news that goes down, so that a slow one is tried again. */
  latency(now: number): number {
    return this.#average * this.#fade(now);
  }

  /** It answered after so long, ms. */
  answered(elapsed: number, now: number): void {
    const fade = this.#fade(now);
    this.#average = this.#average * fade + elapsed * (1 - fade);
    this.#touched = now;
  }

  /** It failed after so long, ms: to fail at once is no merit. */
  failed(elapsed: number, now: number): void {
    this.answered(Math.max(elapsed, this.#average, FAILURE), now);
  }

  #fade(now: number): number {
    return Math.exp(-Math.max(0, now - this.#touched) / DECAY);
  }
}
