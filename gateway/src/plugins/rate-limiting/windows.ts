import type { Period } from '../../plugin/schema-parts.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * The calendar windows (UTC) that hold a moment: a minute begins at second 0, a month on its first
 * day. Found anew only when the moment has left one of them.
 */
export class CalendarWindows {
  /** Start of each window, ms since the epoch, in the order of the periods given. */
  readonly starts: number[];
  /** End of each window, ms since the epoch; the first moment that is no longer in it. */
  readonly ends: number[];
  readonly #periods: readonly Period[];
  /** All windows hold the moments from here … */
  #from = Infinity;
  /** … to just before here. */
  #until = -Infinity;

  /** @param periods at least one */
  constructor(periods: readonly Period[]) {
    this.#periods = periods;
    this.starts = periods.map(() => 0);
    this.ends = periods.map(() => 0);
  }

  /** Makes `starts` and `ends` those of the windows that hold `now`, ms since the epoch. */
  moveTo(now: number): void {
    if (now < this.#until && now >= this.#from) return;
    this.#periods.forEach((period, i) => {
      const start = startOf(period, now);
      this.starts[i] = start;
      this.ends[i] = endOf(period, start);
    });
    this.#from = Math.max(...this.starts);
    this.#until = Math.min(...this.ends);
  }
}

function startOf(period: Period, now: number): number {
  switch (period) {
    case 'second':
      return now - (now % SECOND);
    case 'minute':
      return now - (now % MINUTE);
    case 'hour':
      return now - (now % HOUR);
    case 'day':
      return now - (now % DAY);
    case 'month': {
      const date = new Date(now);
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
    }
    case 'year':
      return Date.UTC(new Date(now).getUTCFullYear(), 0);
  }
}

function endOf(period: Period, start: number): number {
  switch (period) {
    case 'second':
      return start + SECOND;
    case 'minute':
      return start + MINUTE;
    case 'hour':
      return start + HOUR;
    case 'day':
      return start + DAY;
    case 'month': {
      const date = new Date(start);
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
    }
    case 'year':
      return Date.UTC(new Date(start).getUTCFullYear() + 1, 0);
  }
}
