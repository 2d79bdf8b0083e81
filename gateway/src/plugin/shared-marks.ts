import type { CounterScope, PluginEnv } from './plugin.ts';

const ONCE = [1];
const NEVER = [0];

/**
 * Remembers for a while that something has happened, in memory that all threads of a node share: it is
 * known to all at once, and of several that come at the same time one is the first. Takes a place in
 * the table of counters each.
 */
export class SharedMarks {
  readonly #counters: PluginEnv['counters'];
  readonly #kind: CounterScope;
  readonly #starts = [0];
  readonly #ends = [0];
  readonly #counts = [0];

  /** @param kind keeps the marks of one purpose apart from those of others */
  constructor(counters: PluginEnv['counters'], kind: string) {
    this.#counters = counters;
    this.#kind = counters.scope(kind);
  }

  /**
   * Sets a mark.
   *
   * @param until when it is forgotten, ms since the epoch; the same for the same key
   * @returns whether it was not set before; null where there is no room
   */
  set(key: string, until: number, now: number): boolean | null {
    const refused = this.#take(key, ONCE, until, now);
    return refused === -2 ? null : refused === -1;
  }

  has(key: string, until: number, now: number): boolean {
    this.#take(key, NEVER, until, now);
    return this.#counts[0]! > 0;
  }

  #take(key: string, limits: readonly number[], until: number, now: number): number {
    this.#starts[0] = now;
    this.#ends[0] = until;
    const whole = this.#kind.ofText(key);
    return this.#counters.take(whole, limits, this.#starts, this.#ends, now, this.#counts);
  }
}
