import { setTimeout as delay } from 'node:timers/promises';
import { startGateway, type Gateway } from '../support/gateway.ts';
import { oneService } from '../support/site.ts';
import { deliver, nextClientAddress } from './deliver.ts';
import { Random, split } from './random.ts';
import type { FoundRequest } from './readers.ts';
import { startRecordingOrigin, type RecordingOrigin } from './recording-origin.ts';

/** Clients that are under way at once. */
const AT_ONCE = 200;

export interface BoundaryReport {
  streams: number;
  /** Requests that clients meant, by a strict reading of what they sent. */
  intended: number;
  /** Requests that the upstream got. */
  received: number;
  readonly finds: string[];
}

/** What is said of one client. */
export interface Verdict {
  /** Requests that it meant. */
  readonly intended: number;
  /** What is wrong with those that the upstream got; null for nothing. */
  readonly problem: string | null;
}

/** A real gateway before an upstream of HTTP/1.1 that records every byte. */
export abstract class BoundarySite {
  readonly report: BoundaryReport = { streams: 0, intended: 0, received: 0, finds: [] };
  protected readonly gateway: Gateway;
  readonly #origin: RecordingOrigin;

  protected constructor(gateway: Gateway, origin: RecordingOrigin) {
    this.gateway = gateway;
    this.#origin = origin;
  }

  /** Starts a gateway with one proxy thread, and the upstream behind it. */
  protected static async startParts(
    listen = '127.0.0.1:0',
  ): Promise<readonly [Gateway, RecordingOrigin]> {
    const origin = await startRecordingOrigin();
    const gateway = await startGateway({
      config: { _format_version: '3.0', services: [oneService(origin.port, { retries: 0 })] },
      listen,
      flags: ['--access-log', 'off'],
    });
    return [gateway, origin];
  }

  /** Names what was found. */
  protected abstract readonly name: string;
  /** Everything that one client sends. */
  protected abstract bytesOf(random: Random): Buffer;
  protected abstract judge(bytes: Buffer, received: readonly FoundRequest[]): Verdict;

  /** What is wrong with the gateway after so much was sent to it. */
  protected check(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  /** Has so many clients send what was mutated, and judges what became of it. */
  async run(random: Random, clients = AT_ONCE): Promise<void> {
    const sent = Array.from({ length: clients }, () => {
      const seed = random.seed();
      return { seed, bytes: this.bytesOf(new Random(seed)), address: nextClientAddress() };
    });
    await Promise.all(sent.map(({ seed, bytes, address }) => this.#send(seed, bytes, address)));
    await this.#quiet();
    await this.#origin.settle();
    const { finds } = this.report;
    for (const { seed, bytes, address } of sent) {
      const problem = this.#count(bytes, this.#origin.byClient.get(address) ?? []);
      if (problem === null) continue;
      finds.push(`${this.name}:${seed} ${problem}\n  ${JSON.stringify(bytes.toString('latin1'))}`);
    }
    finds.push(...this.#origin.problems.splice(0));
    this.#origin.byClient.clear();
    this.gateway.assertRunning();
    for (const problem of await this.check()) finds.push(`${this.name}: ${problem}`);
  }

  async stop(): Promise<void> {
    await this.gateway.stop();
    await this.#origin.stop();
  }

  #send(seed: number, bytes: Buffer, address: string): Promise<void> {
    const random = new Random(seed ^ 0x5bd1e995);
    const pieces = random.chance(0.5) ? [bytes] : split(random, bytes);
    return deliver(this.gateway.proxyPort, address, pieces);
  }

  async #quiet(): Promise<void> {
    for (let before = -1; before !== this.#origin.activity;) {
      before = this.#origin.activity;
      await delay(20);
    }
  }

  #count(bytes: Buffer, received: readonly FoundRequest[]): string | null {
    const { intended, problem } = this.judge(bytes, received);
    this.report.streams++;
    this.report.intended += intended;
    this.report.received += received.length;
    return problem;
  }
}
