import { Agent, request, type IncomingHttpHeaders } from 'node:http';
import { adminToken } from './gateway.ts';

export interface AdminResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface AdminClientOptions {
  /** Most connections at once. */
  readonly connections?: number;
  /** Null: none is sent. */
  readonly token?: string | null;
  /** How long an answer may take, ms. */
  readonly patience?: number;
}

export type JsonObject = Record<string, unknown>;

/** A client of the Admin API that keeps its connections. */
export class AdminClient {
  readonly port: number;
  readonly #agent: Agent;
  readonly #token: string | null;
  readonly #patience: number;

  constructor(port: number, options: AdminClientOptions = {}) {
    this.port = port;
    this.#agent = new Agent({ keepAlive: true, maxSockets: options.connections ?? 10 });
    this.#token = options.token === undefined ? adminToken : options.token;
    this.#patience = options.patience ?? 30_000;
  }

  /**
   * Sends a request. An object goes out as JSON, a text as it is.
   *
   * @throws Error of the connection, when there was no whole answer
   */
  send(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<AdminResponse> {
    const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          agent: this.#agent,
          host: '127.0.0.1',
          port: this.port,
          method,
          path,
          timeout: this.#patience,
          headers: {
            ...(this.#token === null ? {} : { 'Kong-Admin-Token': this.#token }),
            ...(text === undefined ? {} : { 'Content-Length': Buffer.byteLength(text) }),
            ...(typeof body === 'object' ? { 'Content-Type': 'application/json' } : {}),
            ...headers,
          },
        },
        (incoming) => {
          const parts: Buffer[] = [];
          incoming.on('data', (part: Buffer) => parts.push(part));
          incoming.on('error', reject);
          incoming.on('end', () => {
            const { statusCode: status = 0, headers: fields } = incoming;
            resolve({ status, headers: fields, text: Buffer.concat(parts).toString() });
          });
        },
      );
      outgoing.on('timeout', () => outgoing.destroy(new Error(`${method} ${path}: no answer`)));
      outgoing.on('error', reject);
      outgoing.end(text);
    });
  }

  /**
   * The JSON of the answer to a request that must succeed.
   *
   * @throws Error with what was answered when the status is not 2xx
   */
  async json(method: string, path: string, body?: unknown): Promise<JsonObject> {
    const { status, text } = await this.send(method, path, body);
    if (status < 200 || status > 299) throw new Error(`${method} ${path}: ${status} ${text}`);
    return text === '' ? {} : (JSON.parse(text) as JsonObject);
  }

  /** Every entity of a list, page by page. */
  async list(path: string): Promise<JsonObject[]> {
    const entities: JsonObject[] = [];
    let offset: unknown;
    do {
      const query = typeof offset === 'string' ? `&offset=${encodeURIComponent(offset)}` : '';
      const page = await this.json('GET', `${path}?size=1000${query}`);
      entities.push(...(page['data'] as JsonObject[]));
      offset = page['offset'];
    } while (offset !== undefined && offset !== null);
    return entities;
  }

  close(): void {
    this.#agent.destroy();
  }
}
