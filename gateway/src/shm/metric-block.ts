/**
 * Cells of numbers in memory that one thread writes and any thread reads. A reader sees each cell as
 * it was a moment ago; several cells read together may be of different moments.
 */

/**
 * Makes the memory of one thread's block.
 *
 * @param cells most cells, 1 to 2^26; each takes 8 bytes once it is written to
 */
export function createMetricMemory(cells: number): SharedArrayBuffer {
  if (!Number.isInteger(cells) || cells < 1 || cells > 2 ** 26) {
    throw new RangeError(`A metric block has 1 to ${2 ** 26} cells, not ${cells}.`);
  }
  return new SharedArrayBuffer(cells * Float64Array.BYTES_PER_ELEMENT);
}

/** The owner's view. The thread that makes it is the only one that may write to the cells. */
export class MetricBlock {
  readonly cells: Float64Array;
  #next = 0;

  /** @param memory fresh, made by `createMetricMemory` */
  constructor(memory: SharedArrayBuffer) {
    this.cells = new Float64Array(memory);
  }

  /** Index of the first of so many cells in a row, each 0; -1 when the block is full. */
  allocate(cells: number): number {
    if (this.#next + cells > this.cells.length) return -1;
    const start = this.#next;
    this.#next += cells;
    return start;
  }

  get free(): number {
    return this.cells.length - this.#next;
  }
}
