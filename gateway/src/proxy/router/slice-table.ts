import { TextTable } from '../../text-table.ts';

/** Start value of the rolling hash. */
export const HASH_SEED = 0x811c9dc5 | 0;

/** The hash of a text from that of the text without its last character. */
export function hashStep(hash: number, code: number): number {
  return Math.imul(hash ^ code, 0x01000193);
}

export function hashOf(text: string): number {
  let hash = HASH_SEED;
  for (let i = 0; i < text.length; i++) hash = hashStep(hash, text.charCodeAt(i));
  return hash;
}

/** A table with fewer texts than one in so many that there is room for is made smaller by the next copy. */
const SPARSE = 8;

/**
 * A hash table that is asked for a part of a string without cutting the part out: the caller gives
 * its hash and the string. Texts live in numbered spaces that do not see each other. A copy shares
 * all but the slots, which take two milliseconds for a hundred thousand texts.
 *
 * The space of a text is part of its hash and kept nowhere else: hashes of one text differ in two
 * spaces, see `mix`.
 */
export class SliceTable<V> {
  readonly #texts: TextTable<V>;

  /** @param texts a table of its own, mostly empty */
  constructor(texts = new TextTable<V>()) {
    this.#texts = texts;
  }

  /** How many texts there are. */
  get size(): number {
    return this.#texts.size;
  }

  /** How many there is room for. */
  get capacity(): number {
    return this.#texts.capacity;
  }

  /** A table of its own with the same texts, with room for `more`. */
  *copy(more: number): Generator<undefined, SliceTable<V>, void> {
    const wanted = this.size + more;
    const isSparse = wanted * SPARSE < this.capacity;
    if (wanted <= this.capacity && !isSparse) return new SliceTable(this.#texts.copy());
    const next = new TextTable<V>(wanted);
    yield* this.#texts.pour(next);
    return new SliceTable(next);
  }

  /** Puts a value for a text, in place of the one before. @param hash `hashOf(text)` */
  set(space: number, hash: number, text: string, value: V): void {
    this.#texts.set(text, mix(hash, space), value);
  }

  /** @param hash `hashOf(text)` */
  delete(space: number, hash: number, text: string): void {
    this.#texts.delete(text, mix(hash, space));
  }

  /** The value of the first `length` characters of `whole`, which have this hash. */
  findStart(space: number, hash: number, length: number, whole: string): V | undefined {
    return this.#texts.getStart(whole, length, mix(hash, space));
  }
}

/** One to one for each space, and for each hash: what is odd has an inverse. */
function mix(hash: number, space: number): number {
  const mixed = Math.imul(hash ^ Math.imul(space, 0x9e3779b1), 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}
