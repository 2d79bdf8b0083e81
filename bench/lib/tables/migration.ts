import { count, milliseconds, percent, spread } from '../format.ts';
import { type ContestantResult, remarksOn } from '../summary.ts';
import type { Spread } from '../stats.ts';
import type { Table } from '../table.ts';

/** One way to a static file. */
export interface MigrationRow {
  readonly title: string;
  readonly fileBytes: number;
  readonly result: ContestantResult;
  /** Share of the direct throughput that is lost, in the same round; null for the direct way. */
  readonly loss: Spread | null;
}

export function migrationTable(rows: readonly MigrationRow[]): Table {
  return {
    head: ['Way', 'requests/s', 'Lost', 'CPU µs/request', 'p50 ms', 'p99 ms', 'Remarks'],
    rows: rows.map(({ title, result, loss }) => [
      title,
      count(result.rate.median),
      loss === null ? '' : percent(loss.median),
      result.cpu === null ? '' : spread(result.cpu, 1),
      milliseconds(result.p50.median),
      milliseconds(result.p99.median),
      remarksOn(result),
    ]),
  };
}
