import { Agent as HttpAgent, request as httpRequest, type ClientRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { badAnswer, PeerFailure } from './failure.ts';

export interface Call {
  readonly url: URL;
  readonly method: string;
  /** As they go out. Host and framing are added. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Uint8Array | null;
}

export interface Answer {
  readonly status: number;
  /** In order, as they came. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

export interface CallerOptions {
  /** How long a connection that is not in use is kept, ms. */
  readonly keepAlive: number;
  /** Longest body of an answer, bytes. */
  readonly limit: number;
  /** Whether to accept a server of https only if an authority vouches for its certificate. */
  readonly verify: boolean;
}

/** Asks HTTP servers. Redirects are answers like others: nobody else chooses whom to ask. */
export class HttpCaller {
  readonly #limit: number;
  readonly #usual: Agents;
  /** Whose connections are all new. */
  readonly #fresh: Agents;

  constructor({ keepAlive, limit, verify }: CallerOptions) {
    this.#limit = limit;
    this.#usual = new Agents(keepAlive, verify);
    this.#fresh = new Agents(0, verify);
  }

  /**
   * @param timeout for everything from the connection to the last byte of the answer, ms
   * @throws PeerFailure
   */
  async call(call: Call, timeout: number): Promise<Answer> {
    const until = performance.now() + timeout;
    try {
      return await this.#once(call, this.#usual, timeout);
    } catch (error) {
      // The server had closed a kept connection before it saw anything of the request.
      if (!(error instanceof Stale)) throw error;
    }
    // One that restarts has closed all of them.
    return this.#once(call, this.#fresh, Math.max(1, until - performance.now()));
  }

  close(): void {
    this.#usual.destroy();
    this.#fresh.destroy();
  }

  #once(call: Call, agents: Agents, timeout: number): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const request = requestTo(call, agents);
      const timer = setTimeout(() => {
        fail(new PeerFailure('timeout', `there was no answer within ${Math.round(timeout)} ms`));
      }, timeout);
      const fail = (failure: Error): void => {
        clearTimeout(timer);
        reject(failure);
        request.destroy();
      };
      request.on('error', (error) => fail(failureOf(error, request)));
      request.on('response', (response) => {
        this.#read(response).then((answer) => {
          clearTimeout(timer);
          resolve(answer);
        }, fail);
      });
      request.end(call.body ?? undefined);
    });
  }

  async #read(response: IncomingMessage): Promise<Answer> {
    const pieces: Buffer[] = [];
    let length = 0;
    try {
      for await (const piece of response as AsyncIterable<Buffer>) {
        length += piece.length;
        if (length > this.#limit) throw badAnswer(`the answer has more than ${this.#limit} bytes`);
        pieces.push(piece);
      }
    } catch (error) {
      if (error instanceof PeerFailure) throw error;
      throw new PeerFailure('no_connection', 'the answer was cut short', { cause: error });
    }
    const { statusCode = 0, rawHeaders } = response;
    return { status: statusCode, headers: pairsOf(rawHeaders), body: Buffer.concat(pieces) };
  }
}

/** What makes connections, for both schemes. */
class Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;

  /** @param keepAlive @param verify see `CallerOptions` */
  constructor(keepAlive: number, verify: boolean) {
    const kept = { keepAlive: keepAlive > 0, timeout: keepAlive > 0 ? keepAlive : 60_000 };
    this.http = new HttpAgent(kept);
    this.https = new HttpsAgent({ ...kept, rejectUnauthorized: verify });
  }

  destroy(): void {
    this.http.destroy();
    this.https.destroy();
  }
}

function requestTo({ url, method, headers, body }: Call, { http, https }: Agents): ClientRequest {
  const framing = body === null ? {} : { 'Content-Length': String(body.length) };
  const options = { method, headers: { ...headers, ...framing } as Record<string, string> };
  return url.protocol === 'https:'
    ? httpsRequest(url, { ...options, agent: https })
    : httpRequest(url, { ...options, agent: http });
}

class Stale extends Error {}

function failureOf(error: NodeJS.ErrnoException, request: ClientRequest): Error {
  const { code = '' } = error;
  if (request.reusedSocket && (code === 'ECONNRESET' || code === 'EPIPE')) return new Stale();
  if (code.startsWith('HPE_')) return badAnswer('the answer is no HTTP', error);
  const reason = code === '' ? 'the connection failed' : `the connection failed: ${code}`;
  return new PeerFailure('no_connection', reason, { cause: error });
}

function pairsOf(raw: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) pairs.push([raw[i]!, raw[i + 1]!]);
  return pairs;
}
