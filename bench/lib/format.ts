import type { Spread } from './stats.ts';

/** Thousands apart: 18,600 */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-GB');
}

/** µs as ms, with as many digits as say something. */
export function milliseconds(micros: number): string {
  const value = micros / 1000;
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}

export function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(bytes < 10 * 2 ** 20 ? 1 : 0);
}

export function fixed(value: number, digits: number): string {
  return value.toFixed(digits);
}

/** The median and the middle half: 1.05 (1.02–1.09) */
export function spread(value: Spread, digits: number): string {
  return `${fixed(value.median, digits)} (${fixed(value.low, digits)}–${fixed(value.high, digits)})`;
}

/** Share of something that was lost, in percent: 3.5 % */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
