import { count, fixed, mebibytes } from '../format.ts';
import type { Table } from '../table.ts';

/** One long body through the gateway. */
export interface StreamRow {
  readonly direction: 'up' | 'down';
  readonly bytes: number;
  readonly seconds: number;
  /** Resident memory before, and at each moment after it began. */
  readonly beforeBytes: number;
  readonly samples: readonly { readonly ms: number; readonly residentBytes: number }[];
}

export const GROWTH_GOAL = '≤ 64';

export function streamTable(rows: readonly StreamRow[]): Table {
  return {
    head: ['Way', 'MiB', 'MiB/s', 'Memory before MiB', 'at most MiB', 'Growth MiB', 'To reach'],
    rows: rows.map(({ direction, bytes, seconds, beforeBytes, samples }) => {
      const most = Math.max(beforeBytes, ...samples.map(({ residentBytes }) => residentBytes));
      return [
        direction === 'up' ? 'client to service' : 'service to client',
        mebibytes(bytes),
        count(bytes / 2 ** 20 / seconds),
        mebibytes(beforeBytes),
        mebibytes(most),
        fixed((most - beforeBytes) / 2 ** 20, 1),
        GROWTH_GOAL,
      ];
    }),
  };
}
