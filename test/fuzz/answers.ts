import { show } from '../support/byte-stream.ts';
import { startGateway, type Gateway } from '../support/gateway.ts';
import { field } from '../support/http-message.ts';
import { get } from '../support/message.ts';
import { startOrigin, type Origin, type OriginExchange } from '../support/origin.ts';
import { connect, type RawClient, type Response } from '../support/raw-client.ts';
import { oneService } from '../support/site.ts';
import { validResponses } from './grammar.ts';
import { mutate } from './mutations.ts';
import { readResponsesAsGateway } from './our-responses.ts';
import { Random } from './random.ts';

/** Clients that ask at once. */
const AT_ONCE = 50;

export interface AnswersReport {
  answers: number;
  /** Answers that reached the client whole. */
  passed: number;
  readonly finds: string[];
}

/**
 * A real gateway before an upstream that answers with mutated responses and then hangs up. Each
 * client asks again afterwards: whatever the first answer was, the second must be its own.
 */
export class AnswersSite {
  readonly report: AnswersReport = { answers: 0, passed: 0, finds: [] };
  readonly #gateway: Gateway;
  readonly #origin: Origin;

  constructor(gateway: Gateway, origin: Origin) {
    this.#gateway = gateway;
    this.#origin = origin;
  }

  async run(random: Random, answers = AT_ONCE): Promise<void> {
    const seeds = Array.from({ length: answers }, () => random.seed());
    await Promise.all(seeds.map((seed) => this.#ask(seed)));
    this.#origin.exchanges = [];
    this.#origin.connections = [];
    this.#gateway.assertRunning();
  }

  async stop(): Promise<void> {
    await this.#gateway.stop();
    await this.#origin.stop();
  }

  async #ask(seed: number): Promise<void> {
    const client = await connect(this.#gateway.proxyPort);
    const bytes = mutatedAnswer(seed);
    this.report.answers++;
    try {
      const problem = await this.#judge(client, seed, bytes);
      if (problem !== null) this.#found(seed, bytes, problem);
    } catch (error) {
      this.#found(seed, bytes, String(error));
    } finally {
      client.close();
    }
  }

  async #judge(client: RawClient, seed: number, bytes: Buffer): Promise<string | null> {
    const expected = readResponsesAsGateway('GET', [bytes]);
    const message = expected.messages.at(-1);
    const begun = message !== undefined && Number(message.first) >= 200;
    const response = await client.request(get(`/mutated/${seed}`));
    if (begun && message.complete) {
      this.report.passed++;
      if (String(response.status) !== message.first) return `status ${response.status}`;
      if (!response.body.complete) return 'a complete answer was cut short';
      if (!response.body.bytes.equals(message.body)) return `body ${show(response.body.bytes)}`;
    } else if (response.status !== 502 && response.body.complete) {
      return `a broken answer was passed on as ${response.status}, complete`;
    }
    return this.#askAgain(client, seed, response);
  }

  /** On the same connection if the gateway keeps it. */
  async #askAgain(client: RawClient, seed: number, first: Response): Promise<string | null> {
    if (!first.body.complete || field(first, 'connection') === 'close') {
      await client.ending();
      return null;
    }
    const second = await client.request(get(`/echo/${seed}`));
    return second.text === `/echo/${seed}` ? null : `the next answer was ${show(second.text)}`;
  }

  #found(seed: number, bytes: Buffer, problem: string): void {
    const text = JSON.stringify(bytes.toString('latin1'));
    this.report.finds.push(`answers:${seed} ${problem}\n  ${text}`);
  }
}

function mutatedAnswer(seed: number): Buffer {
  const random = new Random(seed);
  return Buffer.from(mutate(random, validResponses(random)), 'latin1');
}

async function answer(exchange: OriginExchange): Promise<void> {
  const { target } = exchange.request;
  if (!target.startsWith('/mutated/')) return exchange.send(200, target);
  await exchange.write(mutatedAnswer(Number(target.slice('/mutated/'.length))));
  exchange.end();
}

export async function startAnswersSite(): Promise<AnswersSite> {
  const origin = await startOrigin(answer);
  const gateway = await startGateway({
    config: { _format_version: '3.0', services: [oneService(origin.port, { retries: 0 })] },
    flags: ['--access-log', 'off'],
  });
  return new AnswersSite(gateway, origin);
}
