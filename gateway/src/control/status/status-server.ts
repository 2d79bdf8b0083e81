import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import type { Listen } from '../../settings/node-settings.ts';
import { METRICS_CONTENT_TYPE } from '../../telemetry/exposition-text.ts';
import { readByteFormat } from './byte-format.ts';
import type { GatewayLog } from '../gateway-log.ts';
import { HttpListener } from '../listeners/http-listener.ts';
import type { NodeListener } from '../node-parts.ts';
import type { NodeReports } from '../node-reports.ts';
import type { StatusSource } from './status-source.ts';
import type { ServerCertificates } from '../tls/server-certificates.ts';

export interface StatusServerParts {
  readonly source: StatusSource;
  readonly reports: NodeReports;
  readonly log: GatewayLog;
  /** Used if it takes TLS. */
  readonly certificates?: ServerCertificates;
  /** Who may send a header of the PROXY protocol, if it takes one. */
  readonly trusts?: (peerIp: string) => boolean;
}

/** Who asks for longer than this is cut off, ms. */
const SLOWEST_READER = 30_000;

/**
 * The status listener: health, readiness, state and metrics of the node. Everything is answered from
 * the control thread's memory and from shared memory; proxy threads are never asked.
 */
export class StatusServer implements NodeListener {
  readonly #listener: HttpListener;

  private constructor(listener: HttpListener) {
    this.#listener = listener;
  }

  get listen(): Listen {
    return this.#listener.listen;
  }

  /**
   * Starts to listen.
   *
   * @throws OperatorError when the address cannot be had
   */
  static async open(listen: Listen, parts: StatusServerParts): Promise<StatusServer> {
    const pages = new StatusPages(parts);
    const handle = (request: IncomingMessage, response: ServerResponse): void => {
      response.setTimeout(SLOWEST_READER, () => response.destroy());
      pages.answer(request, response).catch((error: unknown) => {
        parts.log.error(`status listener: ${(error as Error).message}`, { url: request.url });
        if (response.headersSent) response.destroy();
        else send(response, 500, { message: 'An unexpected error occurred' });
      });
    };
    const { certificates, trusts } = parts;
    const own = { certificates, trusts, handle };
    return new StatusServer(await HttpListener.open(listen, '--status-listen', own));
  }

  /** Stops at once; answers under way are cut. */
  close(): Promise<void> {
    return this.#listener.close(0);
  }
}

type Page = (response: ServerResponse, query: URLSearchParams) => Promise<void> | void;

class StatusPages {
  readonly #parts: StatusServerParts;
  readonly #pages: ReadonlyMap<string, Page>;

  constructor(parts: StatusServerParts) {
    this.#parts = parts;
    this.#pages = new Map<string, Page>([
      ['/status', (response, query) => this.#status(response, query)],
      ['/status/live', (response) => send(response, 200, { message: 'live' })],
      ['/status/ready', (response) => this.#ready(response)],
      ['/status/jwks', (response) => this.#publicKeys(response)],
      ['/metrics', (response) => this.#metrics(response)],
    ]);
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [target = '', query = ''] = (request.url ?? '').split('?', 2);
    const path = target.replace(/(?<=.)\/$/, '');
    const page = this.#pages.get(path);
    if (page === undefined) return send(response, 404, { message: 'Not found' });
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return send(response, 405, { message: 'Method not allowed' });
    }
    await page(response, new URLSearchParams(query));
  }

  #status(response: ServerResponse, query: URLSearchParams): void {
    const format = readByteFormat(query.get('unit'), query.get('scale'));
    if (typeof format === 'string') send(response, 400, { message: format });
    else send(response, 200, this.#parts.reports.status(format));
  }

  #ready(response: ServerResponse): void {
    const { notReady } = this.#parts.source.status();
    if (notReady === null) send(response, 200, { message: 'ready' });
    else send(response, 503, { message: notReady });
  }

  #publicKeys(response: ServerResponse): void {
    response.setHeader('Cache-Control', 'max-age=60');
    send(response, 200, { keys: this.#parts.reports.publicKeys() });
  }

  async #metrics(response: ServerResponse): Promise<void> {
    response.setHeader('Content-Type', METRICS_CONTENT_TYPE);
    if (response.req.method === 'HEAD') {
      response.end();
      return;
    }
    for (const piece of this.#parts.reports.metrics()) {
      if (response.destroyed) return;
      if (response.write(piece)) await turn();
      else await drainedOrClosed(response);
    }
    response.end();
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.statusCode = status;
  response.setHeader('Content-Type', 'application/json; charset=utf-8');
  response.end(JSON.stringify(body));
}

function drainedOrClosed(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}
