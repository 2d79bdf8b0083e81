import { setTimeout as delay } from 'node:timers/promises';
import { BenchError } from './bench-error.ts';

export interface Patience {
  /** How long to wait, ms. */
  readonly timeout?: number;
  /** Pause between two looks, ms. */
  readonly interval?: number;
}

/**
 * Waits until `condition` gives something truthy and returns it.
 *
 * @param what named in the error when the time runs out
 * @throws BenchError when it does
 */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  { timeout = 30_000, interval = 10 }: Patience = {},
): Promise<NonNullable<T>> {
  const deadline = performance.now() + timeout;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (performance.now() > deadline) {
      throw new BenchError(`waited ${timeout / 1000} s in vain until ${what}`);
    }
    await delay(interval);
  }
}
