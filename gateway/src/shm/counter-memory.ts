import {
  createTableMemory,
  OWN_WORD,
  PREAMBLE_WORDS,
  viewTable,
  type TableKind,
  type TableViews,
} from './preamble.ts';

/*
 * Memory of the counter table, in 32-bit words:
 *
 *   preamble   magic, buckets, seed (2), takes refused because the table was full
 *   headers    one a bucket: bitmap of published slots, version
 *   slots      32 a bucket, 4 words each: hash (2), end of the window, state
 *
 * A header and the second half of a slot are compared and exchanged as one 64-bit word each.
 */

export const SLOTS_PER_BUCKET = 32;
export const SLOT_WORDS = 4;

/** Words within a slot. */
export const LOW = 0;
export const HIGH = 1;
/** Second, since the epoch, at whose beginning the window is over. Grows each time a slot is taken. */
export const END = 2;
/** `FREE`, `CLAIMED`, or a count plus `ZERO`. */
export const STATE = 3;

/** Holds nothing and may be claimed. Zero, so that fresh memory is a table of free slots. */
export const FREE = 0;
/** Belongs to the thread that is filling it. */
export const CLAIMED = 1;
/** Counts nothing yet. */
export const ZERO = 2;

/** Words within a header. */
export const PUBLISHED = 0;
/** Changes with every change of the bitmap. */
export const VERSION = 1;

const TABLE: TableKind = { magic: 0x736c_6374, called: 'counter table' };
export const FULL_COUNT = OWN_WORD;

/**
 * Seconds for which an ended window keeps its slot: a thread whose clock lags behind by less than
 * this still finds what the others counted.
 */
export const GRACE_SECONDS = 2;

export interface CounterLayout extends Omit<TableViews, 'size'> {
  /** A power of two. */
  readonly buckets: number;
  /** Index of the first header, and of the first slot, in `words`. */
  readonly headers: number;
  readonly slots: number;
}

/**
 * Makes the memory of a counter table, to be handed to every thread.
 *
 * @param slots windows that can be counted at the same time, 32 to 2^26; rounded up to a power of
 *   two. A slot takes 16.25 bytes. Plan for twice as many as will be in use: keys fall unevenly.
 */
export function createCounterMemory(slots: number): SharedArrayBuffer {
  if (!Number.isInteger(slots) || slots < 1 || slots > 2 ** 26) {
    throw new RangeError(`A counter table has 1 to ${2 ** 26} slots, not ${slots}.`);
  }
  const buckets = 2 ** Math.max(0, Math.ceil(Math.log2(slots / SLOTS_PER_BUCKET)));
  const words = slotsAt(buckets) + buckets * SLOTS_PER_BUCKET * SLOT_WORDS;
  return createTableMemory(TABLE, buckets, words);
}

/** Views on memory that `createCounterMemory` made. */
export function counterLayout(memory: SharedArrayBuffer): CounterLayout {
  const { size: buckets, ...views } = viewTable(TABLE, memory);
  return { ...views, buckets, headers: PREAMBLE_WORDS, slots: slotsAt(buckets) };
}

/** First slot, on a cache line of its own. */
function slotsAt(buckets: number): number {
  return (PREAMBLE_WORDS + buckets * 2 + 15) & ~15;
}

export interface CounterUsage {
  readonly slots: number;
  /** Slots whose window is not over. */
  readonly used: number;
  /** Takes that found no slot since the memory was made. */
  readonly full: number;
}

/** How full the table is. Reads every slot: 1 ms for a quarter of a million. */
export function counterUsage(memory: SharedArrayBuffer, now: number): CounterUsage {
  const { words, buckets, slots: first } = counterLayout(memory);
  const slots = buckets * SLOTS_PER_BUCKET;
  const second = now / 1000;
  let used = 0;
  for (let i = 0; i < slots; i++) {
    const slot = first + i * SLOT_WORDS;
    if (words[slot + STATE] !== FREE && words[slot + END]! >>> 0 > second) used++;
  }
  return { slots, used, full: Atomics.load(words, FULL_COUNT) >>> 0 };
}
