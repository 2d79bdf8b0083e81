import { setTimeout as delay } from 'node:timers/promises';
import { keptConnection, keyed, newConnection, pipelining, uploading } from './clients.ts';
import { canceller, manyStreams, slowStream } from './http2-clients.ts';
import { aborter, slowReader, slowSender, tunnel, unluckyClient } from './rough-clients.ts';
import type { Part } from './parts.ts';
import type { SoakSite } from './site.ts';

type Client = (site: SoakSite) => Promise<void>;

/** Who runs at once, how many of each, and the part of the load that they are; null for what is always there. */
const CROWD: readonly (readonly [Client, number, Part | null])[] = [
  [keptConnection, 8, null],
  [newConnection, 4, null],
  [pipelining, 2, null],
  [keyed, 4, null],
  [uploading, 4, 'uploads'],
  [slowReader, 3, 'slow'],
  [slowSender, 4, 'slow'],
  [aborter, 6, 'aborts'],
  [tunnel, 4, 'tunnels'],
  [unluckyClient, 12, 'failures'],
  [manyStreams, 3, 'http2'],
  [slowStream, 2, 'http2'],
  [canceller, 3, 'http2'],
];

/** Longest pause of a client between two of its exchanges, ms. */
const LONGEST_PAUSE = 20;

/** Runs every client over and over until the site is over; resolves when all have ended. */
export async function runLoad(site: SoakSite): Promise<void> {
  const clients = CROWD.filter(([, , part]) => part === null || !site.without.has(part)).flatMap(
    ([client, count]) => Array.from({ length: count }, () => runClient(site, client)),
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
