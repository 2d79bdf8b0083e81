/** What requests can be counted by, shortest first. */
export const PERIODS = ['second', 'minute', 'hour', 'day', 'month', 'year'] as const;

export type Period = (typeof PERIODS)[number];

/**
 * What is wrong when a longer period allows less than a shorter one, or undefined.
 *
 * @param limits by period; those that are no numbers are passed over
 */
export function limitsOutOfOrder(limits: Readonly<Record<string, unknown>>): string | undefined {
  for (const [i, shorter] of PERIODS.entries()) {
    const low = limits[shorter];
    if (typeof low !== 'number') continue;
    for (const longer of PERIODS.slice(i + 1)) {
      const high = limits[longer];
      if (typeof high !== 'number' || high >= low) continue;
      return `the limit for ${longer}(${high.toFixed(1)}) cannot be lower than the limit for ${shorter}(${low.toFixed(1)})`;
    }
  }
  return undefined;
}
