import { readFileSync } from 'node:fs';

/** How old what was read of the run delay may be, ms: some wait for an answer a thousand times a second. */
const FRESH = 100;

let delay = 0;
let readAt = -Infinity;

/**
 * How long this thread has been ready to run while no processor was free for it, ms. Always 0 where the
 * system does not tell.
 */
export function runDelay(): number {
  const now = performance.now();
  if (now - readAt < FRESH) return delay;
  readAt = now;
  try {
    const [, waited = '0'] = readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ');
    delay = Number(waited) / 1e6;
  } catch {
    // Linux alone tells.
  }
  return delay;
}

/**
 * A clock that stands still while this thread waits for a processor, ms. Patience is measured by it: on
 * a machine that is busy with other things a wait in vain says nothing about who is waited for.
 */
export function fairNow(): number {
  return performance.now() - runDelay();
}
