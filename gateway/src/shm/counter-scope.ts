import type { KeyHash } from './key-hash.ts';

/** What is counted, as 64 bits in two halves that nobody can aim at. */
export interface CounterKey {
  readonly low: number;
  readonly high: number;
}

/**
 * Something that is counted again and again, in the table of one node. It keeps the hash of its id, so
 * that a request has to fetch neither the text nor the place in memory where that stands.
 */
export interface Counted {
  readonly id: string;
  /** Halves of that hash, noted when it is first counted; both 0 before. */
  idLow: number;
  idHigh: number;
}

/** The keys of one purpose: they never meet those of another, even where the same is counted. */
export class CounterScope {
  readonly #hash: KeyHash;
  readonly #low: number;
  readonly #high: number;

  constructor(hash: KeyHash, name: string) {
    this.#hash = hash;
    hash.text(name);
    this.#low = hash.low;
    this.#high = hash.high;
  }

  /** The key of what a text names. */
  ofText(text: string): CounterKey {
    const hash = this.#hash;
    hash.text(text);
    return { low: hash.low ^ this.#low, high: hash.high ^ this.#high };
  }

  /** The key of what has an id; the same as that of the id. */
  of(counted: Counted): CounterKey {
    if (counted.idLow === 0 && counted.idHigh === 0) this.#note(counted);
    return { low: counted.idLow ^ this.#low, high: counted.idHigh ^ this.#high };
  }

  #note(counted: Counted): void {
    const hash = this.#hash;
    hash.text(counted.id);
    counted.idLow = hash.low;
    counted.idHigh = hash.high;
  }
}
