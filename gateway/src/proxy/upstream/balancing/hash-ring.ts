import { xxhash32 } from './xxhash32.ts';

/** Points of an item of average weight. */
const POINTS_PER_ITEM = 160;

/** Points of a ring for which fewer are asked. */
const FEWEST_POINTS = 1000;

/** Something that has points on a ring. */
export interface RingItem {
  /** What its points are found by. */
  readonly place: string;
  readonly weight: number;
}

/**
 * A ring of points of which each item owns as many as its weight says, at places that follow from its
 * name alone. What is hashed belongs to the owner of the next point below it. So an item that comes
 * or goes moves only what it gets or had, and whoever builds the ring of the same items in the same
 * order finds the same owners: these are the points of Kong's ring.
 */
export class HashRing<T extends RingItem> {
  /** Of all points. */
  readonly size: number;
  readonly #items: readonly T[];
  /** Places of the points that are owned, ascending. */
  readonly #points: Uint16Array;
  /** Index of the item that owns each. */
  readonly #owners: Uint16Array;

  /**
   * @param items at least one and at most 65,536
   * @param count how many the weights are shared out among, those without weight included
   * @param slots points that are asked for, at most 65,536
   */
  constructor(items: readonly T[], count: number, slots: number) {
    this.size = Math.max(slots, FEWEST_POINTS);
    this.#items = items;
    const owned = this.#shareOut(count);
    const points = [...owned.keys()].sort((a, b) => a - b);
    this.#points = Uint16Array.from(points);
    this.#owners = Uint16Array.from(points, (point) => owned.get(point)!);
  }

  /**
   * The owner of what hashes to `hash`, or the next one below that is acceptable; null when none is.
   *
   * @param hash as `xxhash32` gives it
   */
  find(hash: number, accepts: (item: T) => boolean): T | null {
    const { length } = this.#points;
    let index = this.#lastUpTo(hash % this.size);
    for (let step = 0; step < length; step++) {
      const item = this.#items[this.#owners[index]!]!;
      if (accepts(item)) return item;
      index = index === 0 ? length - 1 : index - 1;
    }
    return null;
  }

  /** Whose each owned point is. One that is taken already is passed over, and made up for. */
  #shareOut(count: number): Map<number, number> {
    const owned = new Map<number, number>();
    const total = this.#items.reduce((sum, { weight }) => sum + weight, 0);
    let collisions = 0;
    for (const [index, { place, weight }] of this.#items.entries()) {
      let wanted = Math.max(1, Math.floor((weight / total) * count * POINTS_PER_ITEM));
      for (let serial = 1; serial <= wanted; serial++) {
        const point = xxhash32(`${place} ${serial}`) % this.size;
        if (!owned.has(point)) owned.set(point, index);
        else if (++collisions > this.size) break;
        else wanted++;
      }
    }
    return owned;
  }

  /** Index of the last owned point that is not above `point`; below the first follows the last. */
  #lastUpTo(point: number): number {
    let low = 0;
    let high = this.#points.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#points[middle]! <= point) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? this.#points.length - 1 : low - 1;
  }
}
