import { setTimeout as delay } from 'node:timers/promises';
import { Random } from '../fuzz/random.ts';
import type { PostgresServer } from '../support/postgres.ts';
import type { Place } from '../support/stores.ts';
import { until } from '../support/until.ts';
import { readStored, writeUntilGone } from './kill-writers.ts';
import { Ledger } from './ledger.ts';
import { Node } from './node.ts';

/** What is ended by SIGKILL. */
export type Victim = 'gateway' | 'database';

export interface KillReport {
  /** Writes that were acknowledged before a kill. */
  readonly acknowledged: number;
  /** What was lost, half-done or from nowhere, each with its round. */
  readonly problems: readonly string[];
}

const WRITERS = 4;
/** Longest time that writers have before the kill, ms. */
const LONGEST = 1200;

/**
 * Lets clients write, kills the gateway or its database in the midst of it, starts it again and
 * looks at what is there; so many times, in one store.
 *
 * @param server the database, when the place is in one
 */
export async function runKillRounds(
  victim: Victim,
  place: Place,
  server: PostgresServer | undefined,
  rounds: number,
  seed: number,
  tell: (line: string) => void = () => undefined,
): Promise<KillReport> {
  const random = new Random(seed);
  const ledger = new Ledger();
  const problems: string[] = [];
  let node = await Node.start(place);
  try {
    for (let round = 1; round <= rounds; round++) {
      const { admin } = node;
      const writers = Array.from({ length: WRITERS }, (_, writer) =>
        writeUntilGone(admin, writer, new Random(random.seed()), ledger),
      );
      await Promise.race([delay(random.between(20, LONGEST)), Promise.all(writers)]);
      if (victim === 'gateway') {
        await node.kill();
        await Promise.all(writers);
        await node.stop();
        node = await Node.start(place);
      } else {
        await server?.kill();
        await Promise.all(writers);
        await server?.start();
        await until('the store is back', () => isBack(node), 30_000);
      }
      const stored = await readStored(node.admin);
      problems.push(...ledger.reconcile(stored).map((problem) => `round ${round}: ${problem}`));
      tell(`round ${round}: ${ledger.acknowledged} writes acknowledged, ${stored.size} things`);
    }
  } finally {
    await node.stop();
  }
  return { acknowledged: ledger.acknowledged, problems };
}

async function isBack({ admin }: Node): Promise<boolean> {
  return (await admin.send('GET', '/consumers?size=1')).status === 200;
}
