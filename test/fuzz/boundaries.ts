import { setTimeout as delay } from 'node:timers/promises';
import { startGateway, type Gateway } from '../support/gateway.ts';
import { oneService } from '../support/site.ts';
import { deliver, nextClientAddress } from './deliver.ts';
import { validRequests } from './grammar.ts';
import { mutate } from './mutations.ts';
import { Random, split } from './random.ts';
import { readRequests, STRICT, type FoundRequest } from './readers.ts';
import { startRecordingOrigin, type RecordingOrigin } from './recording-origin.ts';

/** Streams that are under way at once. */
const AT_ONCE = 200;

interface Stream {
  readonly seed: number;
  readonly bytes: Buffer;
  /** Loopback address that this stream alone comes from. */
  readonly client: string;
}

export interface BoundaryReport {
  streams: number;
  /** Requests that clients meant, by a strict reading of what they sent. */
  intended: number;
  /** Requests that the upstream got. */
  received: number;
  readonly finds: string[];
}

/** A real gateway before an upstream that records every byte. */
export class BoundarySite {
  readonly report: BoundaryReport = { streams: 0, intended: 0, received: 0, finds: [] };
  readonly #gateway: Gateway;
  readonly #origin: RecordingOrigin;

  constructor(gateway: Gateway, origin: RecordingOrigin) {
    this.#gateway = gateway;
    this.#origin = origin;
  }

  /** Sends so many mutated streams and judges what became of them. */
  async run(random: Random, streams = AT_ONCE): Promise<void> {
    const sent = Array.from({ length: streams }, () => makeStream(random.seed()));
    await Promise.all(sent.map((stream) => this.#send(stream)));
    await this.#quiet();
    await this.#origin.settle();
    for (const stream of sent) this.#judge(stream);
    this.report.finds.push(...this.#origin.problems.splice(0));
    this.#origin.byClient.clear();
    this.#gateway.assertRunning();
  }

  async stop(): Promise<void> {
    await this.#gateway.stop();
    await this.#origin.stop();
  }

  #send({ seed, bytes, client }: Stream): Promise<void> {
    const random = new Random(seed ^ 0x5bd1e995);
    return deliver(
      this.#gateway.proxyPort,
      client,
      random.chance(0.5) ? [bytes] : split(random, bytes),
    );
  }

  async #quiet(): Promise<void> {
    for (let before = -1; before !== this.#origin.activity;) {
      before = this.#origin.activity;
      await delay(20);
    }
  }

  #judge({ seed, bytes, client }: Stream): void {
    const intended = readRequests(bytes.toString('latin1'), STRICT).requests;
    const received = this.#origin.byClient.get(client) ?? [];
    this.report.streams++;
    this.report.intended += intended.length;
    this.report.received += received.length;
    const problem = difference(intended, received);
    if (problem === null) return;
    const text = JSON.stringify(bytes.toString('latin1'));
    this.report.finds.push(`boundaries:${seed} ${problem}\n  ${text}`);
  }
}

function makeStream(seed: number): Stream {
  const random = new Random(seed);
  const bytes = Buffer.from(mutate(random, validRequests(random)), 'latin1');
  return { seed, bytes, client: nextClientAddress() };
}

/** The upstream must get the requests that were meant, in order, or the first of them only. */
function difference(
  intended: readonly FoundRequest[],
  received: readonly FoundRequest[],
): string | null {
  if (received.length > intended.length) {
    return `the client meant ${intended.length} requests, the upstream got ${received.length}`;
  }
  for (const [index, got] of received.entries()) {
    const meant = intended[index]!;
    if (got.method !== meant.method) {
      return `request ${index} was ${meant.method}, the upstream got ${got.method}`;
    }
    if (!got.complete) {
      if (!meant.body.startsWith(got.body)) return `the beginning of body ${index} is another`;
    } else if (!meant.complete) return `body ${index} is not complete, but is to the upstream`;
    else if (meant.body !== got.body) return `body ${index} is another`;
  }
  return null;
}

/** Starts a gateway with one proxy thread and the upstream behind it. */
export async function startBoundarySite(): Promise<BoundarySite> {
  const origin = await startRecordingOrigin();
  const gateway = await startGateway({
    config: {
      _format_version: '3.0',
      services: [oneService(origin.port, { retries: 0 })],
    },
    flags: ['--access-log', 'off'],
  });
  return new BoundarySite(gateway, origin);
}
