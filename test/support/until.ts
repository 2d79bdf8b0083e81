import { setTimeout as delay } from 'node:timers/promises';
import { fairNow } from './fair-time.ts';

/**
 * Waits until `condition` gives something truthy and returns it.
 *
 * @param what named in the error when `patience` (ms of fair time) runs out.
 */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  patience = 10_000,
): Promise<NonNullable<T>> {
  const deadline = fairNow() + patience;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (fairNow() > deadline) {
      throw new Error(`Waited ${patience} ms in vain until ${what}`);
    }
    await delay(5);
  }
}

/** Settles as `promise` does, or fails after `patience` (ms of fair time) naming `what` was awaited. */
export async function within<T>(what: string, promise: Promise<T>, patience = 10_000): Promise<T> {
  if (patience === Infinity) return promise;
  const deadline = fairNow() + patience;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const look = (): void => {
      const left = deadline - fairNow();
      if (left > 0) timer = setTimeout(look, left);
      else reject(new Error(`Waited ${patience} ms in vain for ${what}`));
    };
    timer = setTimeout(look, patience);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
