import { count, fixed } from '../format.ts';
import type { NamedRow } from '../results.ts';
import type { Spread } from '../stats.ts';
import type { Table } from '../table.ts';

/** One thing that the Admin API, or `sluice import`, does. */
export interface AdminRow extends NamedRow {
  readonly title: string;
  readonly store: 'SQLite' | 'PostgreSQL';
  readonly unit: '1/s' | 'ms' | 's';
  /** Of all rounds or samples. */
  readonly measured: Spread;
  /** Below which 99 of 100 samples lie, for times. */
  readonly p99?: number;
  /** At least so much, for a rate; at most, for a time. */
  readonly goal: number;
}

export function adminTable(rows: readonly AdminRow[]): Table {
  return {
    head: ['What', 'Store', 'Unit', 'Median', 'from–to', 'p99', 'To reach'],
    rows: rows.map(({ title, store, unit, measured, p99, goal }) => {
      const text = (value: number): string => (value < 100 ? fixed(value, 1) : count(value));
      return [
        title,
        store,
        unit,
        text(measured.median),
        `${text(measured.min)}–${text(measured.max)}`,
        p99 === undefined ? '' : text(p99),
        `${unit === '1/s' ? '≥' : '≤'} ${count(goal)}`,
      ];
    }),
  };
}
