/** Shorter pieces are joined, bytes. */
const SHORT = 4096;
const LEAST_BLOCK = 1024;
const MOST_BLOCK = 16 * 1024;

/**
 * Copies of pieces, in order. Short ones that follow one another are joined: each takes a hundred bytes
 * more than it holds, and it is the sender who decides how short they are.
 */
export class PieceList {
  readonly #pieces: Buffer[] = [];
  /** Of which the last piece is the beginning; what stands behind that is free. */
  #block: Buffer | null = null;

  get pieces(): readonly Buffer[] {
    return this.#pieces;
  }

  /** @returns the copy, which stays as it is */
  add(chunk: Uint8Array): Buffer {
    const { length } = chunk;
    const last = this.#pieces.at(-1);
    if (last === undefined || length + last.length > MOST_BLOCK || length >= SHORT) {
      const copy = Buffer.from(chunk);
      this.#pieces.push(copy);
      this.#block = null;
      return copy;
    }
    const end = last.length + length;
    const block = this.#blockFor(last, end);
    block.set(chunk, last.length);
    this.#pieces[this.#pieces.length - 1] = block.subarray(0, end);
    return block.subarray(last.length, end);
  }

  /** Takes the first piece off the list. */
  shift(): Buffer | undefined {
    const first = this.#pieces.shift();
    if (this.#pieces.length === 0) this.#block = null;
    return first;
  }

  /** A block that begins with `last` and has room for `wanted` bytes in all. */
  #blockFor(last: Buffer, wanted: number): Buffer {
    if (this.#block !== null && this.#block.length >= wanted) return this.#block;
    const size = Math.min(MOST_BLOCK, Math.max(LEAST_BLOCK, wanted * 2));
    const block = Buffer.allocUnsafeSlow(size);
    block.set(last);
    this.#block = block;
    return block;
  }
}
