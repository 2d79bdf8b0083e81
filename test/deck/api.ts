import { setTimeout as delay } from 'node:timers/promises';
import type { AdminClient, AdminResponse, JsonObject } from '../support/admin-client.ts';

/** One call as it went over the wire. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

/** An answer that ends decK, in its own words. */
export class CallFailed extends Error {
  readonly status: number;

  constructor({ method, path, status }: Call, text: string) {
    super(`${method} ${path}: HTTP status ${status} (message: ${messageIn(text)})`);
    this.status = status;
  }
}

function messageIn(text: string): string {
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    return JSON.stringify(message ?? null);
  } catch {
    return `unreadable: ${text}`;
  }
}

/** How often decK's HTTP client tries again after a 429, which it does when the answer says so. */
const HTTP_RETRIES = 10;
/** When decK tries a write again that was answered with 500, s. */
const WRITE_RETRIES = [1, 3, 9, 27];

/** decK's way to speak to the Admin API. */
export class DeckApi {
  readonly #client: AdminClient;
  /** Everything that was asked, in the order of the answers. */
  calls: Call[] = [];

  constructor(client: AdminClient) {
    this.#client = client;
  }

  /** @throws CallFailed for an answer from 400 on that is not among `tolerated` */
  async call(
    method: string,
    path: string,
    body?: object,
    tolerated: readonly number[] = [],
  ): Promise<AdminResponse> {
    for (let attempt = 0; ; attempt++) {
      const response = await this.#client.send(method, path, body);
      const call = { method, path, status: response.status };
      this.calls.push(call);
      if (response.status < 400 || tolerated.includes(response.status)) return response;
      if (response.status !== 429 || attempt === HTTP_RETRIES) {
        throw new CallFailed(call, response.text);
      }
      await delay(Number(response.headers['retry-after'] ?? 10) * 1000);
    }
  }

  async get(path: string, tolerated: readonly number[] = []): Promise<JsonObject | undefined> {
    const { status, text } = await this.call('GET', path, undefined, tolerated);
    return status < 300 ? (JSON.parse(text) as JsonObject) : undefined;
  }

  /** Every entity of a list, by the `offset` in each page. */
  async list(path: string, query: string, tolerated: readonly number[]): Promise<JsonObject[]> {
    const entities: JsonObject[] = [];
    let offset: unknown;
    do {
      const after = typeof offset === 'string' ? `&offset=${encodeURIComponent(offset)}` : '';
      const page = await this.get(`${path}?size=1000${query}${after}`, tolerated);
      if (page === undefined) return [];
      entities.push(...(page['data'] as JsonObject[]));
      offset = page['offset'];
    } while (offset !== undefined && offset !== null);
    return entities;
  }

  /** A write, tried again while the gateway blames itself. */
  async write(
    method: string,
    path: string,
    body?: object,
    tolerated: readonly number[] = [],
  ): Promise<AdminResponse> {
    for (const pause of WRITE_RETRIES) {
      try {
        return await this.call(method, path, body, tolerated);
      } catch (error) {
        if (!(error instanceof CallFailed) || error.status !== 500) throw error;
        await delay(pause * 1000);
      }
    }
    return this.call(method, path, body, tolerated);
  }
}
