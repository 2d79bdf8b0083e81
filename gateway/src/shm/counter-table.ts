import { END, FULL_COUNT, STATE, ZERO, counterLayout } from './counter-memory.ts';
import { CounterSlots } from './counter-slots.ts';
import { type CounterKey, CounterScope } from './counter-scope.ts';
import { KeyHash } from './key-hash.ts';

export { createCounterMemory } from './counter-memory.ts';

/**
 * Counters of fixed windows in memory that all threads of a node share. `limit` and check are one
 * atomic step: however many threads race, no window passes its limit, and a refused request counts
 * nothing.
 */
export interface CounterTable {
  /** @param name keeps what is counted for one purpose apart from all else */
  scope(name: string): CounterScope;

  /**
   * Adds one to every given window, or to none if one of them is at its limit.
   *
   * @param key who and what is counted; windows of one key are kept apart by their index
   * @param limits highest count of each window
   * @param starts start of each window, ms since the epoch
   * @param ends end of each window, ms since the epoch: the slot may be reused after it
   * @param now ms since the epoch
   * @param counts out: requests counted in each window, this one included where it was counted
   * @returns index of the first window that refused, -1 when all were counted, -2 when the table is full
   */
  take(
    key: CounterKey,
    limits: readonly number[],
    starts: readonly number[],
    ends: readonly number[],
    now: number,
    counts: number[],
  ): number;
}

const COUNTED = -1;
const FULL = -2;

/** A count takes 32 bits, less the two values that mean something else. */
const HIGHEST_COUNT = 0xffff_ffff - ZERO;

/**
 * One thread's view of a counter table. A limit may have a fraction: a request passes while the count
 * is below it. Limits above 2^32 are cut to that.
 *
 * With several windows, all are looked at before any is counted, and what was counted is taken back
 * if another thread took the last place of a later window in between. Until then a request of the
 * same key may be refused for the place held; it would have been refused by that later window too.
 */
export class SharedCounterTable implements CounterTable {
  readonly #table: CounterSlots;
  readonly #words: Int32Array;
  readonly #hash: KeyHash;
  // What one call found out about each window.
  readonly #low: number[] = [];
  readonly #high: number[] = [];
  readonly #end: number[] = [];
  readonly #slot: number[] = [];

  /** @param memory made by `createCounterMemory` */
  constructor(memory: SharedArrayBuffer) {
    const { seed0, seed1 } = counterLayout(memory);
    this.#table = new CounterSlots(memory);
    this.#words = this.#table.words;
    this.#hash = new KeyHash(seed0, seed1);
  }

  scope(name: string): CounterScope {
    return new CounterScope(this.#hash, name);
  }

  take(
    key: CounterKey,
    limits: readonly number[],
    _starts: readonly number[],
    ends: readonly number[],
    now: number,
    counts: number[],
  ): number {
    const windows = limits.length;
    let refused = COUNTED;
    for (let i = 0; i < windows; i++) {
      const count = this.#look(key, i, ends[i]!, limits[i]!);
      counts[i] = count;
      if (refused === COUNTED && !(count < limits[i]!)) refused = i;
    }
    if (refused !== COUNTED) return refused;

    for (let i = 0; i < windows; i++) {
      const result = this.#add(i, limits[i]!, now, counts);
      if (result === COUNTED) continue;
      for (let j = 0; j < i; j++) {
        this.#takeBack(j);
        counts[j]!--;
      }
      if (result === FULL) Atomics.add(this.#words, FULL_COUNT, 1);
      return result === FULL ? FULL : i;
    }
    return COUNTED;
  }

  /** Finds a window and returns its count, which is 0 when the window is not there yet. */
  #look(key: CounterKey, index: number, end: number, limit: number): number {
    this.#hash.window(key, index, end);
    const { low, high } = this.#hash;
    const second = Math.ceil(end / 1000) | 0;
    this.#low[index] = low;
    this.#high[index] = high;
    this.#end[index] = second;
    for (;;) {
      const slot = this.#table.find(low, high, second);
      this.#slot[index] = slot;
      if (slot === -1) return 0;
      const count = (this.#words[slot + STATE]! >>> 0) - ZERO;
      // To pass, the exchange proves that the count was of this window; to refuse, this does.
      if (count < limit || Atomics.load(this.#words, slot + END) === second) return count;
    }
  }

  /** Adds one to a window that was looked at. Returns its index when it refuses. */
  #add(index: number, limit: number, now: number, counts: number[]): number {
    const words = this.#words;
    const end = this.#end[index]!;
    let slot = this.#slot[index]!;
    for (;;) {
      if (slot === -1) {
        slot = this.#table.findOrInsert(this.#low[index]!, this.#high[index]!, end, now / 1000);
        if (slot === -1) return FULL;
        this.#slot[index] = slot;
      }
      const state = words[slot + STATE]!;
      const count = (state >>> 0) - ZERO;
      if (count >= 0 && count < limit && count < HIGHEST_COUNT) {
        if (this.#table.exchangeState(slot, end, state, (state + 1) | 0)) {
          counts[index] = count + 1;
          return COUNTED;
        }
      } else if (count >= 0 && Atomics.load(words, slot + END) === end) {
        counts[index] = count;
        return index;
      }
      if (Atomics.load(words, slot + END) !== end) slot = -1;
    }
  }

  /** Takes one back from a window that `add` counted, unless the window is gone. */
  #takeBack(index: number): void {
    const words = this.#words;
    const slot = this.#slot[index]!;
    const end = this.#end[index]!;
    while (Atomics.load(words, slot + END) === end) {
      const state = words[slot + STATE]!;
      if (state >>> 0 <= ZERO) continue;
      if (this.#table.exchangeState(slot, end, state, (state - 1) | 0)) return;
    }
  }
}
