import { setTimeout as delay } from 'node:timers/promises';
import { residentMemory } from '../soak/process-watch.ts';
import { startGateway, type Gateway } from '../support/gateway.ts';
import { get } from '../support/message.ts';
import { fetchOnce } from '../support/raw-client.ts';
import { oneService } from '../support/site.ts';
import type { BoundaryReport } from './boundaries.ts';
import { deliver, nextClientAddress } from './deliver.ts';
import { someFrames } from './http2-grammar.ts';
import { mutatedConnection, readFrames } from './http2-mutations.ts';
import { Random, split } from './random.ts';
import type { FoundRequest } from './readers.ts';
import { startRecordingOrigin, type RecordingOrigin } from './recording-origin.ts';

/** Connections that are under way at once. */
const AT_ONCE = 200;

/** Most resident memory of the gateway, whatever it was sent, bytes. */
const MOST_MEMORY = 400e6;

interface Connection {
  readonly seed: number;
  readonly bytes: Buffer;
  readonly client: string;
}

/** A real gateway that takes HTTP/2 before an upstream of HTTP/1.1 that records every byte. */
export class Http2BoundarySite {
  readonly report: BoundaryReport = { streams: 0, intended: 0, received: 0, finds: [] };
  readonly #gateway: Gateway;
  readonly #origin: RecordingOrigin;

  constructor(gateway: Gateway, origin: RecordingOrigin) {
    this.#gateway = gateway;
    this.#origin = origin;
  }

  /** Sends so many mutated connections and judges what became of them. */
  async run(random: Random, connections = AT_ONCE): Promise<void> {
    const sent = Array.from({ length: connections }, () => makeConnection(random.seed()));
    await Promise.all(sent.map((connection) => this.#send(connection)));
    for (let before = -1; before !== this.#origin.activity;) {
      before = this.#origin.activity;
      await delay(20);
    }
    await this.#origin.settle();
    for (const connection of sent) this.#judge(connection);
    this.report.finds.push(...this.#origin.problems.splice(0));
    this.#origin.byClient.clear();
    await this.#checkGateway();
  }

  async stop(): Promise<void> {
    await this.#gateway.stop();
    await this.#origin.stop();
  }

  #send({ seed, bytes, client }: Connection): Promise<void> {
    const random = new Random(seed ^ 0x5bd1e995);
    const pieces = random.chance(0.5) ? [bytes] : split(random, bytes);
    return deliver(this.#gateway.proxyPort, client, pieces);
  }

  #judge({ seed, bytes, client }: Connection): void {
    const { requests, bodies } = readFrames(bytes);
    const received = this.#origin.byClient.get(client) ?? [];
    this.report.streams++;
    this.report.intended += requests;
    this.report.received += received.length;
    const problem =
      received.length > requests
        ? `the client began ${requests} streams, the upstream got ${received.length} requests`
        : received.map((request) => bodyProblem(request, bodies)).find((one) => one !== null);
    if (problem == null) return;
    const text = JSON.stringify(bytes.toString('latin1'));
    this.report.finds.push(`http2:${seed} ${problem}\n  ${text}`);
  }

  /** It must still be there, in good health, and no larger than it may be. */
  async #checkGateway(): Promise<void> {
    this.#gateway.assertRunning();
    const { status } = await fetchOnce(this.#gateway.proxyPort, get('/alive'));
    if (status !== 200) this.report.finds.push(`http2: a client of HTTP/1.1 gets ${status}`);
    const memory = residentMemory(this.#gateway.pid);
    if (memory > MOST_MEMORY) this.report.finds.push(`http2: it takes ${memory} bytes of memory`);
    const complaint = /^.*"level":"error".*$/m.exec(this.#gateway.output);
    if (complaint !== null) this.report.finds.push(`http2: ${complaint[0]}`);
  }
}

/** A body must be what came on one stream: all of it, or the beginning of it when it is cut short. */
function bodyProblem(
  { method, body, complete }: FoundRequest,
  bodies: readonly string[],
): string | null {
  const isOne = bodies.some((sent) => (complete ? sent === body : sent.startsWith(body)));
  return isOne ? null : `the body of a ${method} of ${body.length} bytes came on no stream`;
}

function makeConnection(seed: number): Connection {
  const random = new Random(seed);
  return {
    seed,
    bytes: mutatedConnection(random, someFrames(random)),
    client: nextClientAddress(),
  };
}

/** Starts a gateway with one proxy thread and the upstream behind it. */
export async function startHttp2BoundarySite(): Promise<Http2BoundarySite> {
  const origin = await startRecordingOrigin();
  const gateway = await startGateway({
    config: { _format_version: '3.0', services: [oneService(origin.port, { retries: 0 })] },
    listen: '127.0.0.1:0 http2',
    flags: ['--access-log', 'off'],
  });
  return new Http2BoundarySite(gateway, origin);
}
