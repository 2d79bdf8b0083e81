import {
  createTableMemory,
  OWN_WORD,
  PREAMBLE_WORDS,
  viewTable,
  type TableKind,
  type TableViews,
} from './preamble.ts';

/*
 * Memory of the table of target health, in 32-bit words:
 *
 *   preamble   magic, slots, seed (2), tick, version, claims refused because the table was full
 *   slots      8 words each: key (2), target (2), state, tick of the last use, unused (2)
 *
 * A key and a target are 64-bit hashes. A key is compared and exchanged as one word.
 */

export const SLOT_WORDS = 8;

/** Words within a slot. */
export const KEY = 0;
/** What all addresses of one target have in common. */
export const TARGET = 2;
/** See `health-state.ts`. */
export const STATE = 4;
/** Tick at which somebody last said that the slot is in use. */
export const USED = 5;

/** Values of a key that belong to nobody. Zero, so that fresh memory is a table of free slots. */
export const UNTOUCHED = 0n;
/** Free again: what stood here may have neighbours behind it. */
export const FREED = 1n;
/** Nobody uses it any more; free after another tick. */
export const ENDED = -1n;

const TABLE: TableKind = { magic: 0x736c_6874, called: 'table of target health' };
/** Grows with every sweep. */
export const TICK = OWN_WORD;
/** Changes whenever a target becomes healthy or unhealthy. */
export const VERSION = OWN_WORD + 1;
export const FULL_COUNT = OWN_WORD + 2;

export interface HealthLayout extends Omit<TableViews, 'size'> {
  /** A power of two. */
  readonly slots: number;
  /** Index of the first slot in `words`. */
  readonly first: number;
}

/**
 * Makes the memory of a table of target health, to be handed to every thread.
 *
 * @param slots addresses of targets whose health can be kept at the same time, 1 to 2^24; rounded up
 *   to a power of two. Each takes 32 bytes once it is used.
 */
export function createHealthMemory(slots: number): SharedArrayBuffer {
  if (!Number.isInteger(slots) || slots < 1 || slots > 2 ** 24) {
    throw new RangeError(`A table of target health has 1 to ${2 ** 24} slots, not ${slots}.`);
  }
  const count = 2 ** Math.ceil(Math.log2(slots));
  return createTableMemory(TABLE, count, PREAMBLE_WORDS + count * SLOT_WORDS);
}

/** Views on memory that `createHealthMemory` made. */
export function healthLayout(memory: SharedArrayBuffer): HealthLayout {
  const { size: slots, ...views } = viewTable(TABLE, memory);
  return { ...views, slots, first: PREAMBLE_WORDS };
}
