import { inOnePiece } from '../../plugin/header-line.ts';
import { RecurringLines } from './recurring-lines.ts';
import type { Period } from '../../plugin/schema-parts.ts';

/** The headers that tell clients how they stand with their limits, for one configuration. */
export class ClientHeaders {
  /** Names of the headers, in the order in which `values` gives their values. */
  readonly names: readonly string[];
  readonly #limits: readonly number[];
  readonly #limitTexts: readonly string[];
  /**
   * What stands in front of the number of requests left, for each period and for the tightest one. The
   * end of the line before is part of it.
   */
  readonly #perPeriod: readonly string[];
  readonly #tightest: readonly string[];
  /** All but the last line where there is one window: many clients have the same number left. */
  readonly #ofOne = new RecurringLines(
    (left) => this.#perPeriod[0]! + left + this.#tightest[0]! + left,
  );
  #resetSeconds = -1;
  #lastResetLine = '';

  constructor(periods: readonly Period[], limits: readonly number[]) {
    this.#limits = limits;
    this.#limitTexts = limits.map(String);
    const perPeriod = periods.flatMap((period) => {
      const title = period.charAt(0).toUpperCase() + period.slice(1);
      return [`X-RateLimit-Limit-${title}`, `X-RateLimit-Remaining-${title}`];
    });
    this.names = [...perPeriod, 'RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'];
    this.#perPeriod = limits.map((limit, i) => {
      const end = i === 0 ? '' : '\r\n';
      return inOnePiece(`${end}${perPeriod[2 * i]}: ${limit}\r\n${perPeriod[2 * i + 1]}: `);
    });
    this.#tightest = limits.map((limit) =>
      inOnePiece(`\r\nRateLimit-Limit: ${limit}\r\nRateLimit-Remaining: `),
    );
  }

  /**
   * Values of the headers. `RateLimit-*` tells of the window with the fewest requests left, of
   * equal ones the longest; the last value is the seconds until it ends, at least 1.
   *
   * @param counts requests counted in each window, this one included where it was counted
   * @param ends end of each window, ms since the epoch
   * @param now ms since the epoch
   */
  values(counts: readonly number[], ends: readonly number[], now: number): string[] {
    const values: string[] = [];
    for (let i = 0; i < counts.length; i++) {
      values.push(this.#limitTexts[i]!, String(this.#left(counts, i)));
    }
    const i = this.#tightestOf(counts);
    const reset = secondsUntil(ends[i]!, now);
    values.push(this.#limitTexts[i]!, String(this.#left(counts, i)), String(reset));
    return values;
  }

  /** The headers with these values as lines, each ending in CRLF. */
  lines(counts: readonly number[], ends: readonly number[], now: number): string {
    const i = this.#tightestOf(counts);
    const left = this.#left(counts, i);
    const lines = counts.length === 1 ? this.#ofOne.of(left) : this.#ofAll(counts, i);
    return lines + this.#resetLine(secondsUntil(ends[i]!, now));
  }

  #ofAll(counts: readonly number[], tightest: number): string {
    let lines = '';
    for (let i = 0; i < counts.length; i++) lines += this.#perPeriod[i]! + this.#left(counts, i);
    return lines + this.#tightest[tightest]! + this.#left(counts, tightest);
  }

  /** With the end of the line before. The same for all requests of a second. */
  #resetLine(seconds: number): string {
    if (seconds !== this.#resetSeconds) {
      this.#resetSeconds = seconds;
      this.#lastResetLine = inOnePiece(`\r\nRateLimit-Reset: ${seconds}\r\n`);
    }
    return this.#lastResetLine;
  }

  #left(counts: readonly number[], i: number): number {
    // A limit that was lowered meanwhile may be behind its count.
    return Math.max(0, this.#limits[i]! - counts[i]!);
  }

  #tightestOf(counts: readonly number[]): number {
    let tightest = 0;
    for (let i = 1; i < counts.length; i++) {
      if (this.#left(counts, i) <= this.#left(counts, tightest)) tightest = i;
    }
    return tightest;
  }
}

function secondsUntil(end: number, now: number): number {
  return Math.max(1, Math.ceil((end - now) / 1000));
}
