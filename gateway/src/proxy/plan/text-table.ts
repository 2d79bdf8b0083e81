/** Slots of a new table. */
const SMALLEST = 8;

/**
 * A hash table from texts to values. A `Map` would look every text that was cut out of a request up
 * in the engine's own table of all strings first, and leave it there, which takes longer than the
 * search; this one compares characters. Hashes are the caller's.
 */
export class TextTable<V> {
  private keys: (string | undefined)[] = emptySlots(SMALLEST);
  private values: (V | undefined)[] = emptySlots(SMALLEST);
  private hashes = new Int32Array(SMALLEST);
  private count = 0;

  get size(): number {
    return this.count;
  }

  get(key: string, hash: number): V | undefined {
    const slot = this.find(key, hash);
    return this.keys[slot] === undefined ? undefined : this.values[slot];
  }

  set(key: string, hash: number, value: V): void {
    const slot = this.find(key, hash);
    if (this.keys[slot] === undefined) {
      this.keys[slot] = key;
      this.hashes[slot] = hash;
      this.count++;
    }
    this.values[slot] = value;
    if (this.count * 4 > this.keys.length * 3) this.grow();
  }

  /** @returns whether it was there */
  delete(key: string, hash: number): boolean {
    let hole = this.find(key, hash);
    const { keys, values, hashes } = this;
    if (keys[hole] === undefined) return false;
    const mask = keys.length - 1;
    // Whatever was put behind for want of the slot, or of one that it frees in turn, moves up.
    for (let slot = (hole + 1) & mask; keys[slot] !== undefined; slot = (slot + 1) & mask) {
      const home = spread(hashes[slot]!) & mask;
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      keys[hole] = keys[slot];
      values[hole] = values[slot];
      hashes[hole] = hashes[slot]!;
      hole = slot;
    }
    keys[hole] = undefined;
    values[hole] = undefined;
    this.count--;
    return true;
  }

  /** Slot of a key, or the free one where it belongs. */
  private find(key: string, hash: number): number {
    const { keys, hashes } = this;
    const mask = keys.length - 1;
    let slot = spread(hash) & mask;
    for (;;) {
      const found = keys[slot];
      if (found === undefined || (hashes[slot] === hash && found === key)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  private grow(): void {
    const { keys, values, hashes } = this;
    const slots = keys.length * 2;
    this.keys = emptySlots(slots);
    this.values = emptySlots(slots);
    this.hashes = new Int32Array(slots);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      if (key === undefined) continue;
      const slot = this.find(key, hashes[i]!);
      this.keys[slot] = key;
      this.values[slot] = values[i];
      this.hashes[slot] = hashes[i]!;
    }
  }
}

function emptySlots(count: number): undefined[] {
  return new Array<undefined>(count).fill(undefined);
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
