import { setTimeout as sleep } from 'node:timers/promises';
import { StoreUnavailable } from '../contract.ts';
import type { Queue } from '../queue.ts';

/** A transaction lost against another one, and has to run again from the start. */
export class LostRace extends Error {
  override readonly name = 'LostRace';
}

/** How long a transaction is tried for, ms. */
const PATIENCE = 10_000;
const FIRST_WAIT = 2;
const LONGEST_WAIT = 100;

/**
 * Runs `attempt` until it loses no race.
 *
 * @param losers where those who lost once wait for each other, so that they do not meet again
 * @throws StoreUnavailable (`locked`) when it lost for too long
 */
export async function untilWon<T>(attempt: () => Promise<T>, losers: Queue): Promise<T> {
  const end = Date.now() + PATIENCE;
  for (let wait = FIRST_WAIT; ; wait = Math.min(LONGEST_WAIT, wait * 2)) {
    try {
      return await (wait === FIRST_WAIT ? attempt() : losers.run(attempt));
    } catch (error) {
      if (!(error instanceof LostRace)) throw error;
      if (Date.now() > end) {
        const message = `others have been changing the same entities for ${PATIENCE / 1000} s`;
        throw new StoreUnavailable('locked', message, { cause: error });
      }
      // By chance, so that two nodes that met do not meet again.
      await sleep(wait * (0.5 + Math.random()));
    }
  }
}
