import { setImmediate as nextTurn } from 'node:timers/promises';

/** Longest stretch of work in one turn of the event loop, ms. Requests wait no longer than this. */
export const SLICE_MS = 2;

/**
 * Runs a generator to its end, giving the event loop a turn whenever `budget` ms have passed. Each
 * `yield` is a place where the work may pause, so there must be one every few microseconds.
 *
 * @param budget longest stretch without a pause, ms; at least one step is done in each turn
 * @returns what the generator returns
 * @throws what the generator throws
 */
export async function inSlices<T>(
  work: Generator<unknown, T, void>,
  budget: number = SLICE_MS,
): Promise<T> {
  for (;;) {
    const end = performance.now() + budget;
    do {
      const step = work.next();
      if (step.done === true) return step.value;
    } while (performance.now() < end);
    await nextTurn();
  }
}
