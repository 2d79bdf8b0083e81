import type { Period } from '../../plugin/schema-parts.ts';

/** The headers that tell clients how they stand with their limits, for one configuration. */
export class ClientHeaders {
  /** Names of the headers, in the order in which `values` gives their values. */
  readonly names: readonly string[];
  readonly #limits: readonly number[];
  readonly #limitTexts: readonly string[];

  constructor(periods: readonly Period[], limits: readonly number[]) {
    this.#limits = limits;
    this.#limitTexts = limits.map(String);
    const perPeriod = periods.flatMap((period) => {
      const title = period.charAt(0).toUpperCase() + period.slice(1);
      return [`X-RateLimit-Limit-${title}`, `X-RateLimit-Remaining-${title}`];
    });
    this.names = [...perPeriod, 'RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'];
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
    let tightest = 0;
    let least = Infinity;
    for (let i = 0; i < counts.length; i++) {
      // A limit that was lowered meanwhile may be behind its count.
      const remaining = Math.max(0, this.#limits[i]! - counts[i]!);
      if (remaining <= least) {
        least = remaining;
        tightest = i;
      }
      values.push(this.#limitTexts[i]!, String(remaining));
    }
    const reset = Math.max(1, Math.ceil((ends[tightest]! - now) / 1000));
    values.push(this.#limitTexts[tightest]!, String(least), String(reset));
    return values;
  }
}
