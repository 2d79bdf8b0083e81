/** A thread that ran this long before it ended is not part of a series of failures, ms. */
const STEADY = 60_000;
const FIRST_WAIT = 250;
const LONGEST_WAIT = 5000;

/** How long to wait before something that ended is started again. */
export class Backoff {
  #failures = 0;

  /**
   * @param ran how long it ran, ms
   * @returns ms; 0 for the first failure after a steady run, then doubling
   */
  next(ran: number): number {
    if (ran >= STEADY) this.#failures = 0;
    this.#failures++;
    if (this.#failures === 1) return 0;
    return Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (this.#failures - 2));
  }
}
