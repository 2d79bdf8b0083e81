import { setTimeout as delay } from 'node:timers/promises';
import { keptConnection, keyed, newConnection, pipelining, uploading } from './clients.ts';
import { canceller, manyStreams, slowStream } from './http2-clients.ts';
import { aborter, slowReader, slowSender, tunnel, unluckyClient } from './rough-clients.ts';
import type { SoakSite } from './site.ts';

type Client = (site: SoakSite) => Promise<void>;

/** Who runs at once, and how many of each. */
const CROWD: readonly (readonly [Client, number])[] = [
  [keptConnection, 8],
  [newConnection, 4],
  [pipelining, 2],
  [keyed, 4],
  [uploading, 4],
  [slowReader, 3],
  [slowSender, 4],
  [aborter, 6],
  [tunnel, 4],
  [unluckyClient, 12],
  [manyStreams, 3],
  [slowStream, 2],
  [canceller, 3],
];

/** Longest pause of a client between two of its exchanges, ms. */
const LONGEST_PAUSE = 20;

/** Runs every client over and over until the site is over; resolves when all have ended. */
export async function runLoad(site: SoakSite): Promise<void> {
  const clients = CROWD.flatMap(([client, count]) =>
    Array.from({ length: count }, () => runClient(site, client)),
  );
  await Promise.all(clients);
}

async function runClient(site: SoakSite, client: Client): Promise<void> {
  while (!site.isOver()) {
    try {
      await client(site);
    } catch (error) {
      site.ledger.wrong(client.name, error);
      await delay(100);
    }
    await delay(site.random.below(LONGEST_PAUSE));
  }
}
