/** Numbers of 16 bits in a digest. */
const LIMBS = 16;

/**
 * The sum of digests, limb by limb, so that their order does not matter. Sorting them would do the
 * same at twenty times the cost. That a sum can be forged by somebody who may choose very many
 * entities at will does no harm: all that he gains is that his own change is taken for none.
 */
export class DigestSum {
  /** A double counts exactly up to 2^53: no sum of 16 bits comes near. */
  readonly #limbs: Float64Array;

  private constructor(limbs: Float64Array) {
    this.#limbs = limbs;
  }

  /** @param digests SHA-256, a byte a character */
  static of(digests: Iterable<string>): DigestSum {
    const sum = new DigestSum(new Float64Array(LIMBS));
    for (const digest of digests) sum.add(digest);
    return sum;
  }

  /** @param text of a sum before */
  static from(text: string): DigestSum {
    return new DigestSum(Float64Array.from(text.split(','), Number));
  }

  add(digest: string): void {
    this.#count(digest, 1);
  }

  subtract(digest: string): void {
    this.#count(digest, -1);
  }

  get text(): string {
    return this.#limbs.join();
  }

  #count(digest: string, factor: 1 | -1): void {
    const limbs = this.#limbs;
    for (let limb = 0; limb < LIMBS; limb += 1) {
      const value = digest.charCodeAt(2 * limb) | (digest.charCodeAt(2 * limb + 1) << 8);
      limbs[limb] = (limbs[limb] ?? 0) + factor * value;
    }
  }
}
