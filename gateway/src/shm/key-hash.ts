/**
 * Keyed 64-bit hash of counter keys, on the round of HalfSipHash. The seed is secret, so a client
 * that chooses its keys (a header value, a path) cannot aim for collisions.
 */
export class KeyHash {
  /** Result of the last `window()`: 64 bits in two halves. */
  low = 0;
  high = 0;
  readonly #seed0: number;
  readonly #seed1: number;
  // State after the key, from which every window of that key goes on.
  #v0 = 0;
  #v1 = 0;
  #v2 = 0;
  #v3 = 0;
  #bytes = Buffer.alloc(1024);
  #words = wordsOf(this.#bytes);

  constructor(seed0: number, seed1: number) {
    this.#seed0 = seed0;
    this.#seed1 = seed1;
  }

  /** Takes in `key`; `window()` then gives one hash for each of its windows. */
  key(key: string): void {
    // UTF-8 takes at most three bytes a UTF-16 unit. The native copy also flattens the string, which
    // reading it unit by unit would pay for at every unit.
    if (key.length * 3 + 4 > this.#bytes.length) this.#grow(key.length * 3 + 4);
    const length = this.#bytes.write(key, 0, 'utf8');
    const words = this.#words;
    this.#bytes[length] = 0;
    this.#bytes[length + 1] = 0;
    this.#bytes[length + 2] = 0;
    const count = (length + 3) >> 2;
    let v0 = this.#seed0;
    let v1 = this.#seed1;
    let v2 = this.#seed0 ^ 0x6c796765;
    let v3 = this.#seed1 ^ 0x74656462 ^ length;
    for (let i = 0; i < count; i++) {
      const word = words[i]!;
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
    this.#v0 = v0;
    this.#v1 = v1;
    this.#v2 = v2;
    this.#v3 = v3;
  }

  /** Hash of the window of the last key that has this index and ends at `end`, ms since the epoch. */
  window(index: number, end: number): void {
    let v0 = this.#v0;
    let v1 = this.#v1;
    let v2 = this.#v2;
    let v3 = this.#v3;
    // Two words of the window, then three rounds that finish.
    for (let i = 0; i < 5; i++) {
      const word = i === 0 ? end | 0 : i === 1 ? (end / 0x1_0000_0000) | 0 | (index << 16) : 0;
      if (i === 2) v2 ^= 0xee;
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
