import { count, milliseconds } from '../format.ts';
import type { NamedRow } from '../results.ts';
import type { Spread } from '../stats.ts';
import type { Table } from '../table.ts';

/** Reloads of one kind. */
export interface ReloadRow extends NamedRow {
  /** Services, routes and consumers, each. */
  readonly size: number;
  readonly format: 'json' | 'yaml';
  readonly change: 'all' | 'one';
  /** From the file being in place until every thread serves it, ms. */
  readonly live: Spread;
  /** Slowest request while nothing was reloaded, µs. */
  readonly quiet: number;
  /** Slowest request of each reload, µs. */
  readonly slowest: Spread;
  /** Requests a second meanwhile. */
  readonly rate: number;
  readonly problems: readonly string[];
}

/** What is to be reached with 10,000 services, routes and consumers. */
const goals: Partial<Record<`${ReloadRow['format']} ${ReloadRow['change']}`, number>> = {
  'json all': 1000,
  'json one': 100,
};

/** The slowest request may take so much longer than without a reload, µs. */
const SLOWER = 25_000;

export function reloadTable(rows: readonly ReloadRow[]): Table {
  return {
    head: [
      ...['Entities of each kind', 'File', 'Changed', 'Live after ms', 'To reach'],
      ...['Slowest request ms', 'without reload', 'To reach', 'Remarks'],
    ],
    rows: rows.map((row) => {
      const goal = row.size === 10_000 ? goals[`${row.format} ${row.change}`] : undefined;
      return [
        count(row.size),
        row.format.toUpperCase(),
        row.change,
        `${count(row.live.median)} (${count(row.live.min)}–${count(row.live.max)})`,
        goal === undefined ? '' : `≤ ${count(goal)}`,
        `${milliseconds(row.slowest.median)} (${milliseconds(row.slowest.min)}–${milliseconds(row.slowest.max)})`,
        milliseconds(row.quiet),
        `≤ ${milliseconds(row.quiet + SLOWER)}`,
        row.problems.length === 0 ? '' : `INVALID: ${row.problems.join('; ')}`,
      ];
    }),
  };
}
