/** A reproducible source of choices: the same seed makes the same ones on every machine. */
export class Random {
  #state: number;

  /** @param seed any integer; its lowest 32 bits count */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** An integer of 32 bits (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  }

  /** An integer from 0 up to, not including, `limit`. */
  below(limit: number): number {
    return Math.floor((this.next() / 0x1_0000_0000) * limit);
  }

  /** An integer from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.next() / 0x1_0000_0000 < probability;
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }

  /** `count` characters out of `alphabet`. */
  text(alphabet: string, count: number): string {
    let text = '';
    for (let i = 0; i < count; i++) text += alphabet[this.below(alphabet.length)]!;
    return text;
  }

  /** A word in upper, lower or mixed case. */
  anyCase(word: string): string {
    switch (this.below(4)) {
      case 0:
        return word.toUpperCase();
      case 1:
        return word.toLowerCase();
      case 2:
        return [...word]
          .map((c) => (this.chance(0.5) ? c.toUpperCase() : c.toLowerCase()))
          .join('');
      default:
        return word;
    }
  }

  /** A seed for one case of many. */
  seed(): number {
    return this.next();
  }
}

/** Cuts `bytes` at random places: each piece is what one read brings. */
export function split(random: Random, bytes: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  const longest = random.pick([1, 2, 7, 40, 300, 5000]);
  for (let start = 0; start < bytes.length;) {
    const end = Math.min(bytes.length, start + random.between(1, longest));
    pieces.push(bytes.subarray(start, end));
    start = end;
  }
  return pieces;
}
