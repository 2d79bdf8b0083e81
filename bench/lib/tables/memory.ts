import { count, fixed, mebibytes } from '../format.ts';
import type { NamedRow } from '../results.ts';
import type { Table } from '../table.ts';

/** Resident memory in one situation. */
export interface MemoryRow extends NamedRow {
  readonly title: string;
  readonly threads: number;
  readonly residentBytes: number;
  /** What there is more of than in the row `empty`; 0 when there is nothing to divide by. */
  readonly units: number;
  /** What it took to get there, s. */
  readonly seconds: number;
  /** Most that is to be reached, as text; empty when nothing is demanded. */
  readonly goal: string;
}

export function memoryTable(rows: readonly MemoryRow[]): Table {
  const empty = rows.find(({ name }) => name === 'empty')?.residentBytes;
  return {
    head: ['Configuration', 'Threads', 'Memory MiB', 'KB for each', 'To reach', 'Ready after s'],
    rows: rows.map((row) => [
      row.title,
      count(row.threads),
      mebibytes(row.residentBytes),
      row.units === 0 || empty === undefined
        ? ''
        : fixed((row.residentBytes - empty) / row.units / 1000, 2),
      row.goal,
      fixed(row.seconds, 1),
    ]),
  };
}
