import assert from 'node:assert/strict';
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
}

/** A gateway with an upstream server behind it. */
export class Site {
  readonly gateway: Gateway;
  readonly origin: Origin;
  #clients: RawClient[] = [];

  constructor(gateway: Gateway, origin: Origin) {
    this.gateway = gateway;
    this.origin = origin;
  }

  /** A client connection to the proxy; closed by `checkpoint`. */
  async connect(): Promise<RawClient> {
    const client = await connect(this.gateway.proxyPort);
    this.#clients.push(client);
    return client;
  }

  /** One request on a connection of its own. */
  fetch(bytes: string): Promise<Response> {
    return fetchOnce(this.gateway.proxyPort, bytes);
  }

  /** Between two tests: a fresh origin with this handler. */
  async begin(handler?: OriginHandler): Promise<void> {
    await this.origin.reset(handler);
  }

  /** After a test: the gateway lives and wrote nothing illegal to the origin. */
  checkpoint(): void {
    for (const client of this.#clients) client.close();
    this.#clients = [];
    this.gateway.assertRunning();
    assert.deepEqual(this.origin.problems, []);
  }

  async stop(): Promise<void> {
    for (const client of this.#clients) client.close();
    await this.gateway.stop();
    await this.origin.stop();
  }
}

export async function startSite(options: SiteOptions = {}): Promise<Site> {
  const { service, route, config, ...rest } = options;
  const origin = await startOrigin();
  try {
    const document = config?.(origin.port) ?? {
      _format_version: '3.0',
      services: [oneService(origin.port, service, route)],
    };
    return new Site(await startGateway({ ...rest, config: document }), origin);
  } catch (error) {
    await origin.stop();
    throw error;
  }
}
