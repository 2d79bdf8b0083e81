/**
 * Weighted round robin: a wheel in which each item has as many places as its weight, reduced by
 * what all weights share. The wheel is never laid out in memory; a step that has no divisor in
 * common with its size visits each place once per turn, so every turn gives each item exactly its
 * share. A step near the golden section keeps the places of one item apart.
 */
export class RoundRobin<T> {
  readonly #items: readonly T[];
  /** End of each item's places, exclusive. */
  readonly #ends: Float64Array;
  readonly #size: number;
  readonly #step: number;
  #position: number;

  /**
   * @param items at least one
   * @param weights one for each item, positive integers
   * @param random numbers in [0, 1): the order of the items and the place to start at, so that the
   *   threads of a node do not all send their next request to the same item
   */
  constructor(items: readonly T[], weights: readonly number[], random: () => number = Math.random) {
    const order = shuffled(items.length, random);
    const divisor = weights.reduce(greatestCommonDivisor);
    this.#items = order.map((index) => items[index] as T);
    this.#ends = new Float64Array(items.length);
    let size = 0;
    for (const [place, index] of order.entries()) {
      size += (weights[index] ?? 0) / divisor;
      this.#ends[place] = size;
    }
    this.#size = size;
    this.#step = stepFor(size);
    this.#position = Math.floor(random() * size);
  }

  /** The next item. Allocates nothing. */
  next(): T {
    let position = this.#position + this.#step;
    if (position >= this.#size) position -= this.#size;
    this.#position = position;
    if (this.#size === this.#items.length) return this.#items[position] as T;
    let low = 0;
    let high = this.#items.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ends[middle] as number) > position) high = middle;
      else low = middle + 1;
    }
    return this.#items[low] as T;
  }
}

/** The number nearest to the golden section of `size` that shares no divisor with it. */
function stepFor(size: number): number {
  const golden = Math.round(size * 0.6180339887498949);
  for (let distance = 0; ; distance++) {
    if (greatestCommonDivisor(golden + distance, size) === 1) return golden + distance;
    if (greatestCommonDivisor(golden - distance, size) === 1) return golden - distance;
  }
}

function greatestCommonDivisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return Math.abs(a);
}

/** The numbers below `length` in random order. */
function shuffled(length: number, random: () => number): number[] {
  const order = Array.from({ length }, (_, index) => index);
  for (let last = length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other] as number, order[last] as number];
  }
  return order;
}
