import { randomBytes } from 'node:crypto';

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

const MAGIC = 0x736c_6874;
const PREAMBLE_WORDS = 16;
const SLOTS = 1;
const SEED = 2;
/** Grows with every sweep. */
export const TICK = 4;
/** Changes whenever a target becomes healthy or unhealthy. */
export const VERSION = 5;
export const FULL_COUNT = 6;

export interface HealthLayout {
  readonly words: Int32Array;
  readonly longs: BigInt64Array;
  /** A power of two. */
  readonly slots: number;
  /** Index of the first slot in `words`. */
  readonly first: number;
  readonly seed0: number;
  readonly seed1: number;
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
  const memory = new SharedArrayBuffer((PREAMBLE_WORDS + count * SLOT_WORDS) * 4);
  const words = new Int32Array(memory);
  const seed = randomBytes(8);
  words[SLOTS] = count;
  words[SEED] = seed.readInt32LE(0);
  words[SEED + 1] = seed.readInt32LE(4);
  words[0] = MAGIC;
  return memory;
}

/** Views on memory that `createHealthMemory` made. */
export function healthLayout(memory: SharedArrayBuffer): HealthLayout {
  const words = new Int32Array(memory);
  if (words[0] !== MAGIC) throw new TypeError('This memory holds no table of target health.');
  return {
    words,
    longs: new BigInt64Array(memory),
    slots: words[SLOTS]!,
    first: PREAMBLE_WORDS,
    seed0: words[SEED]!,
    seed1: words[SEED + 1]!,
  };
}
