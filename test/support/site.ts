import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach } from 'node:test';
import { startGateway, type Gateway, type GatewayOptions } from './gateway.ts';
import { startOrigin, type Origin, type OriginHandler } from './origin.ts';
import { connect, fetchOnce, type RawClient, type Response } from './raw-client.ts';

/** Declares one service in front of `port`, with one route that takes every path as it is. */
export function oneService(
  port: number,
  service: Record<string, unknown> = {},
  route: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    name: 'origin',
    url: `http://127.0.0.1:${port}`,
    ...service,
    routes: [
      { name: 'everything', paths: ['/'], strip_path: false, preserve_host: true, ...route },
    ],
  };
}

export interface SiteOptions extends Omit<GatewayOptions, 'config'> {
  /** Fields of the service in front of the origin. */
  readonly service?: Record<string, unknown>;
  /** Fields of the route that takes every path. */
  readonly route?: Record<string, unknown>;
  /** Makes the whole configuration instead, given the origin's port. */
  readonly config?: (originPort: number) => object;
  /** Runs before the configuration is made. */
  readonly prepare?: () => Promise<void>;
}

/** A gateway with an upstream server behind it. */
export class Site {
  gateway!: Gateway;
  origin!: Origin;
  readonly #options: SiteOptions;
  #clients: RawClient[] = [];

  constructor(options: SiteOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { service, route, config, prepare, ...rest } = this.#options;
    await prepare?.();
    this.origin = await startOrigin();
    const document = config?.(this.origin.port) ?? {
      _format_version: '3.0',
      services: [oneService(this.origin.port, service, route)],
    };
    this.gateway = await startGateway({ ...rest, config: document });
  }

  async stop(): Promise<void> {
    this.#closeClients();
    try {
      await this.gateway?.stop();
    } finally {
      await this.origin?.stop();
    }
  }

  /** Lets the origin forget what it saw and answer with `handler` from now on. */
  serve(handler?: OriginHandler): Promise<void> {
    return this.origin.reset(handler);
  }

  /** A client connection to the proxy; closed after the test. */
  async connect(): Promise<RawClient> {
    const client = await connect(this.gateway.proxyPort);
    this.#clients.push(client);
    return client;
  }

  /** One request on a connection of its own. */
  fetch(bytes: string): Promise<Response> {
    return fetchOnce(this.gateway.proxyPort, bytes);
  }

  /** The gateway lives and sent the origin nothing that the RFC forbids. */
  check(): void {
    this.#closeClients();
    this.gateway.assertRunning();
    assert.deepEqual(this.origin.problems, []);
  }

  #closeClients(): void {
    for (const client of this.#clients) client.close();
    this.#clients = [];
  }
}

/** Runs the tests of this suite against one gateway process, each with a fresh origin. */
export function useSite(options: SiteOptions = {}): Site {
  const site = new Site(options);
  before(() => site.start());
  after(() => site.stop());
  beforeEach(() => site.serve());
  afterEach(() => site.check());
  return site;
}
