import { randomBytes } from 'node:crypto';

/** Words at the beginning of a table in shared memory. Those from `OWN_WORD` on are the table's own. */
export const PREAMBLE_WORDS = 16;
export const OWN_WORD = 4;

const MAGIC = 0;
const SIZE = 1;
const SEED = 2;

/** A kind of table, told from others by a number that is written in front. */
export interface TableKind {
  readonly magic: number;
  /** With its article, for errors. */
  readonly called: string;
}

/** What threads see of the memory of a table. */
export interface TableViews {
  readonly words: Int32Array;
  readonly longs: BigInt64Array;
  /** As it was made with. */
  readonly size: number;
  /** Of the hashes of its keys, so that nobody can choose keys that fall together. */
  readonly seed0: number;
  readonly seed1: number;
}

/**
 * Makes memory for a table, to be handed to every thread.
 *
 * @param size that its layout follows from
 * @param words that it takes in all
 */
export function createTableMemory(
  { magic }: TableKind,
  size: number,
  words: number,
): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(words * 4);
  const view = new Int32Array(memory);
  const seed = randomBytes(8);
  view[SIZE] = size;
  view[SEED] = seed.readInt32LE(0);
  view[SEED + 1] = seed.readInt32LE(4);
  view[MAGIC] = magic;
  return memory;
}

/** @throws TypeError when it is the memory of something else */
export function viewTable({ magic, called }: TableKind, memory: SharedArrayBuffer): TableViews {
  const words = new Int32Array(memory);
  if (words[MAGIC] !== magic) throw new TypeError(`This memory holds no ${called}.`);
  const longs = new BigInt64Array(memory);
  return { words, longs, size: words[SIZE]!, seed0: words[SEED]!, seed1: words[SEED + 1]! };
}
