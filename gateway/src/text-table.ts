/** Slots of the smallest table. */
const SMALLEST = 8;
/** Entries of a slot: hash, key, value. Side by side, since each other place is one more to fetch. */
const STRIDE = 3;
const KEY = 1;
const VALUE = 2;
/** So many quarters of the slots may be taken. */
const MOST_QUARTERS = 3;
const SLOTS_PER_SLICE = 64 * STRIDE;

/**
 * A hash table from texts to values. A `Map` would look every text that was cut out of a request up
 * in the engine's own table of all strings first, and leave it there, which takes longer than the
 * search; this one compares characters. Hashes are the caller's.
 */
export class TextTable<V> {
  private slots: unknown[];
  private mask: number;
  private count = 0;

  /** @param capacity number of texts expected; more make it grow in one go */
  constructor(capacity = 0) {
    const size = sizeFor(capacity);
    this.slots = emptySlots(size);
    this.mask = size - 1;
  }

  /** How many texts there are. */
  get size(): number {
    return this.count;
  }

  /** How many there is room for. */
  get capacity(): number {
    return ((this.mask + 1) * MOST_QUARTERS) / 4;
  }

  get(key: string, hash: number): V | undefined {
    return this.slots[this.find(key, hash) + VALUE] as V | undefined;
  }

  set(key: string, hash: number, value: V): void {
    const slot = this.find(key, hash);
    const { slots } = this;
    if (slots[slot + KEY] === undefined) {
      slots[slot] = hash;
      slots[slot + KEY] = key;
      this.count++;
    }
    slots[slot + VALUE] = value;
    if (this.count > this.capacity) this.grow();
  }

  /** @returns whether it was there */
  delete(key: string, hash: number): boolean {
    const { slots, mask } = this;
    const found = this.find(key, hash);
    if (slots[found + KEY] === undefined) return false;
    let hole = found / STRIDE;
    // Whatever was put behind for want of the slot, or of one that it frees in turn, moves up.
    for (let at = (hole + 1) & mask; slots[at * STRIDE + KEY] !== undefined; at = (at + 1) & mask) {
      const home = spread(slots[at * STRIDE] as number) & mask;
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      slots.copyWithin(hole * STRIDE, at * STRIDE, (at + 1) * STRIDE);
      hole = at;
    }
    slots.fill(undefined, hole * STRIDE, (hole + 1) * STRIDE);
    this.count--;
    return true;
  }

  /** The value of the text that the first `length` characters of `whole` are. */
  getStart(whole: string, length: number, hash: number): V | undefined {
    const { slots, mask } = this;
    for (let at = spread(hash) & mask; ; at = (at + 1) & mask) {
      const slot = at * STRIDE;
      const there = slots[slot];
      if (there === undefined) return undefined;
      if (there !== hash) continue;
      const key = slots[slot + KEY] as string;
      if (key.length === length && whole.startsWith(key)) return slots[slot + VALUE] as V;
    }
  }

  /** A table of its own with the same texts. */
  copy(): TextTable<V> {
    const copy = new TextTable<V>();
    copy.slots = this.slots.slice();
    copy.mask = this.mask;
    copy.count = this.count;
    return copy;
  }

  /** Puts all texts into another table that has room for them, in small steps. */
  *pour(into: TextTable<V>): Generator<undefined, void, void> {
    const { slots } = this;
    for (let slot = 0; slot < slots.length; slot += STRIDE) {
      const key = slots[slot + KEY] as string | undefined;
      if (key !== undefined) into.set(key, slots[slot] as number, slots[slot + VALUE] as V);
      if (slot % SLOTS_PER_SLICE === 0) yield;
    }
  }

  /** Where the slot of a key begins, or the free one where it belongs. */
  private find(key: string, hash: number): number {
    const { slots, mask } = this;
    let at = spread(hash) & mask;
    for (;;) {
      const slot = at * STRIDE;
      const there = slots[slot];
      if (there === undefined || (there === hash && slots[slot + KEY] === key)) return slot;
      at = (at + 1) & mask;
    }
  }

  private grow(): void {
    const { slots } = this;
    const size = (this.mask + 1) * 2;
    this.slots = emptySlots(size);
    this.mask = size - 1;
    for (let from = 0; from < slots.length; from += STRIDE) {
      const key = slots[from + KEY] as string | undefined;
      if (key === undefined) continue;
      const to = this.find(key, slots[from] as number);
      for (let i = 0; i < STRIDE; i++) this.slots[to + i] = slots[from + i];
    }
  }
}

function sizeFor(capacity: number): number {
  let size = SMALLEST;
  while (size * MOST_QUARTERS < capacity * 4) size *= 2;
  return size;
}

function emptySlots(count: number): undefined[] {
  return new Array<undefined>(count * STRIDE).fill(undefined);
}

/** Mixes the upper bits of a hash into the lower ones. */
function spread(hash: number): number {
  return hash ^ (hash >>> 15);
}

/** Hash of a text. `seed` keeps others from choosing texts that fall together. */
export function hashOfText(text: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash ^ (hash >>> 16);
}
