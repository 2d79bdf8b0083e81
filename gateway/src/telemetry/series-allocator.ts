import type { MetricBlock } from '../shm/metric-block.ts';
import type { NewSeries } from '../snapshot/messages.ts';
import { type MetricFamily, cellsOf, threadFamilies } from './metric-families.ts';
import { THREAD_CELLS, THREAD_CELL_COUNT } from './thread-totals.ts';

/** Value of every label of the series that takes what is beyond the cap. */
export const OVERFLOW = 'overflow';

interface FamilyState {
  made: number;
  /** First cell of the overflow series; the control thread hears of it when it is first used. */
  readonly overflow: number;
  overflowing: boolean;
}

/** Gives cells of one thread's block to its series, at most so many to each family. */
export class SeriesAllocator {
  readonly cells: Float64Array;
  readonly #block: MetricBlock;
  readonly #tell: (message: NewSeries) => void;
  readonly #maxSeries: number;
  readonly #families = new Map<MetricFamily, FamilyState>();

  /** @param block fresh, with at least `metricCells(1)` cells */
  constructor(block: MetricBlock, maxSeries: number, tell: (message: NewSeries) => void) {
    this.cells = block.cells;
    this.#block = block;
    this.#tell = tell;
    this.#maxSeries = maxSeries;
    if (block.allocate(THREAD_CELL_COUNT) !== 0) throw new Error('This metric block is in use.');
    for (const family of threadFamilies) {
      const overflow = block.allocate(cellsOf(family));
      if (overflow === -1) throw new RangeError('This metric block is too small.');
      this.#families.set(family, { made: 0, overflow, overflowing: false });
    }
  }

  /** Whether the next series of a family would be the overflow series. */
  full(family: MetricFamily): boolean {
    return (
      this.#families.get(family)!.made >= this.#maxSeries || this.#block.free < cellsOf(family)
    );
  }

  /**
   * First cell of a new series, or of the overflow series when the family or the block is full.
   * `labels` are values in the order of the family's labels.
   */
  allocate(family: MetricFamily, labels: readonly string[]): number {
    if (this.full(family)) return this.overflow(family);
    const start = this.#block.allocate(cellsOf(family));
    this.#families.get(family)!.made++;
    this.#tell({ family: family.name, labels, start });
    return start;
  }

  /** First cell of the series that takes what is beyond the cap. */
  overflow(family: MetricFamily): number {
    const state = this.#families.get(family)!;
    this.cells[THREAD_CELLS.seriesOverflow]!++;
    if (!state.overflowing) {
      state.overflowing = true;
      const labels = family.labels.map(() => OVERFLOW);
      this.#tell({ family: family.name, labels, start: state.overflow });
    }
    return state.overflow;
  }
}

/**
 * Cells that a block needs for `maxSeries` series of each family. Memory is only taken by those that
 * are used.
 */
export function metricCells(maxSeries: number): number {
  const series = threadFamilies.reduce((sum, family) => sum + cellsOf(family), 0);
  return Math.min(THREAD_CELL_COUNT + series * (maxSeries + 1), 2 ** 26);
}
