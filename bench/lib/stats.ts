/** Where the middle of a handful of measurements lies, and how far they are spread. */
export interface Spread {
  readonly median: number;
  /** Lower and upper quartile. */
  readonly low: number;
  readonly high: number;
  readonly min: number;
  readonly max: number;
}

/**
 * The value below which the share `q` of the measurements lies, interpolated between neighbours.
 *
 * @param sorted measurements in ascending order, at least one
 * @param q 0 to 1
 */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  const position = (sorted.length - 1) * q;
  const below = sorted[Math.floor(position)];
  const above = sorted[Math.ceil(position)];
  if (below === undefined || above === undefined) {
    throw new RangeError(`no quantile ${q} of ${sorted.length} measurements`);
  }
  return below + (above - below) * (position - Math.floor(position));
}

/** @param values at least one, in any order */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = Float64Array.from(values).sort();
  return {
    median: quantile(sorted, 0.5),
    low: quantile(sorted, 0.25),
    high: quantile(sorted, 0.75),
    min: quantile(sorted, 0),
    max: quantile(sorted, 1),
  };
}

/** The same measurements, each divided by its partner of the same round, where both are above 0. */
export function ratiosOf(values: readonly number[], bases: readonly number[]): number[] {
  const ratios: number[] = [];
  for (const [index, value] of values.entries()) {
    const base = bases[index];
    if (base !== undefined && base > 0 && value > 0) ratios.push(value / base);
  }
  return ratios;
}
