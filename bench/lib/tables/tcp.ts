import { count, mebibytes, spread } from '../format.ts';
import type { NamedRow } from '../results.ts';
import type { Spread } from '../stats.ts';
import { type ContestantResult, remarksOn } from '../summary.ts';
import type { Table } from '../table.ts';

/** One way for the bytes of connections, under one kind of load. */
export interface TcpRow extends NamedRow {
  readonly load: string;
  /** What is counted: pieces of content, or connections. */
  readonly unit: string;
  /** Bytes of content in each. */
  readonly bytes: number;
  readonly result: ContestantResult;
  /** Throughput in relation to nginx in the same round; null for nginx and without any proxy. */
  readonly throughput: Spread | null;
}

/** Of content that is worth the name, bytes a piece. */
const LONG = 2 ** 20;

const THROUGHPUT_GOAL = '≥ 0.8';

export function tcpTable(rows: readonly TcpRow[]): Table {
  return {
    head: [
      ...['Load', 'Way', 'a second', 'MiB/s', 'CPU µs each', 'CPU to nginx'],
      ...['Throughput to nginx', 'To reach', 'Memory MiB', 'Remarks'],
    ],
    rows: rows.map(({ load, unit, bytes, result, throughput }) => {
      const { name, rate, cpu, ratio, residentBytes } = result;
      return [
        load,
        name,
        `${count(rate.median)} ${unit}`,
        count((rate.median * bytes) / 2 ** 20),
        cpu === null ? '' : spread(cpu, 1),
        cpu === null || ratio === null || throughput === null ? '' : spread(ratio, 2),
        throughput === null ? '' : spread(throughput, 2),
        throughput !== null && bytes >= LONG ? THROUGHPUT_GOAL : '',
        residentBytes === null ? '' : mebibytes(residentBytes),
        remarksOn(result),
      ];
    }),
  };
}
