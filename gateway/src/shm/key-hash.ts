import type { CounterKey } from './counter-scope.ts';

/** In place of a length: no text has it. */
const WINDOW = -1;

/**
 * Keyed 64-bit hash of texts and of windows of counters, on the round of HalfSipHash. The seed is
 * secret, so a client that chooses what is counted (a header value, a path) cannot aim for collisions.
 */
export class KeyHash {
  /** The last result: 64 bits in two halves. */
  low = 0;
  high = 0;
  readonly #seed0: number;
  readonly #seed1: number;
  #bytes = Buffer.alloc(1024);
  #words = wordsOf(this.#bytes);

  constructor(seed0: number, seed1: number) {
    this.#seed0 = seed0;
    this.#seed1 = seed1;
  }

  text(text: string): void {
    // UTF-8 takes at most three bytes a UTF-16 unit. The native copy also flattens the string, which
    // reading it unit by unit would pay for at every unit.
    if (text.length * 3 + 4 > this.#bytes.length) this.#grow(text.length * 3 + 4);
    const length = this.#bytes.write(text, 0, 'utf8');
    this.#bytes[length] = 0;
    this.#bytes[length + 1] = 0;
    this.#bytes[length + 2] = 0;
    this.#mix((length + 3) >> 2, length);
  }

  /** The window of a key that has this index and ends at `end`, ms since the epoch. */
  window(key: CounterKey, index: number, end: number): void {
    const words = this.#words;
    words[0] = key.low;
    words[1] = key.high;
    words[2] = end | 0;
    words[3] = (end / 0x1_0000_0000) | 0 | (index << 16);
    this.#mix(4, WINDOW);
  }

  /** @param count of the words that are taken in, followed by three rounds that finish */
  #mix(count: number, length: number): void {
    const words = this.#words;
    let v0 = this.#seed0;
    let v1 = this.#seed1;
    let v2 = this.#seed0 ^ 0x6c796765;
    let v3 = this.#seed1 ^ 0x74656462 ^ length;
    for (let i = 0; i < count + 3; i++) {
      const word = i < count ? words[i]! : 0;
      if (i === count) v2 ^= 0xee;
      v3 ^= word;
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
      v0 ^= word;
    }
    this.low = v1 ^ v3;
    this.high = v0 ^ v2;
  }

  #grow(bytes: number): void {
    this.#bytes = Buffer.alloc((bytes + 3) & ~3);
    this.#words = wordsOf(this.#bytes);
  }
}

function wordsOf(bytes: Buffer): Int32Array {
  return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
}
