import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits until `condition` gives something truthy and returns it.
 *
 * @param what named in the error when `patience` (ms) runs out.
 */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  patience = 10_000,
): Promise<NonNullable<T>> {
  const deadline = performance.now() + patience;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (performance.now() > deadline) {
      throw new Error(`Waited ${patience} ms in vain until ${what}`);
    }
    await delay(5);
  }
}

/** Settles as `promise` does, or fails after `patience` ms naming `what` was awaited. */
export async function within<T>(what: string, promise: Promise<T>, patience = 10_000): Promise<T> {
  if (patience === Infinity) return promise;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`Waited ${patience} ms in vain for ${what}`)),
      patience,
    );
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
