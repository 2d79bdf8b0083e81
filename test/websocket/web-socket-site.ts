import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, afterEach, before } from 'node:test';
import WebSocket, { WebSocketServer } from 'ws';
import { startGateway, type Gateway, type GatewayOptions } from '../support/gateway.ts';
import { oneService } from '../support/site.ts';
import { within } from '../support/until.ts';

/** How a WebSocket was closed, as one of its ends sees it. */
export interface Closed {
  readonly code: number;
  readonly reason: string;
}

/** Both ends of a WebSocket through the gateway. */
export interface Pair {
  readonly client: WebSocket;
  readonly upstream: WebSocket;
}

/** How clients reach the gateway. */
export type Scheme = 'ws' | 'wss';

/** A gateway without and with TLS, and a server of WebSockets behind it, both with `ws`. */
export class WebSocketSite {
  gateway!: Gateway;
  readonly #options: Omit<GatewayOptions, 'config'>;
  readonly #service: Record<string, unknown>;
  readonly #server: Server = createServer();
  readonly #sockets = new WebSocketServer({ server: this.#server });
  readonly #clients = new Set<WebSocket>();

  constructor(options: Omit<GatewayOptions, 'config'>, service: Record<string, unknown>) {
    this.#options = options;
    this.#service = service;
  }

  get config(): object {
    const { port } = this.#server.address() as AddressInfo;
    return { _format_version: '3.0', services: [oneService(port, this.#service)] };
  }

  async start(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.gateway = await startGateway({
      listen: '127.0.0.1:0,127.0.0.1:0 ssl http2',
      ...this.#options,
      config: this.config,
    });
  }

  async stop(): Promise<void> {
    this.dropClients();
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#server.close();
    await this.gateway?.stop();
  }

  dropClients(): void {
    for (const client of this.#clients) client.terminate();
    this.#clients.clear();
  }

  /** Opens a WebSocket. */
  async open(scheme: Scheme = 'ws', path = '/'): Promise<Pair> {
    const [plain, encrypted] = this.gateway.proxyPorts;
    const port = scheme === 'ws' ? plain : encrypted;
    const connected = once(this.#sockets, 'connection') as Promise<[WebSocket]>;
    // The gateway made its certificate itself.
    const client = new WebSocket(`${scheme}://127.0.0.1:${port}${path}`, {
      rejectUnauthorized: false,
    });
    this.#clients.add(client);
    await within('the WebSocket to open', once(client, 'open'));
    const [upstream] = await within('the upstream to see it', connected);
    return { client, upstream };
  }
}

/** Runs the tests of this suite against one gateway and one server of WebSockets. */
export function useWebSocketSite(
  options: Omit<GatewayOptions, 'config'> = {},
  service: Record<string, unknown> = {},
): WebSocketSite {
  const site = new WebSocketSite(options, service);
  before(() => site.start());
  after(() => site.stop());
  afterEach(() => site.dropClients());
  return site;
}

/** The next message, as text. */
export async function message(socket: WebSocket): Promise<string> {
  const [data] = (await within('a message', once(socket, 'message'))) as [Buffer];
  return data.toString();
}

/** How the WebSocket ends. */
export async function closed(socket: WebSocket): Promise<Closed> {
  const [code, reason] = (await within('the end of the WebSocket', once(socket, 'close'))) as [
    number,
    Buffer,
  ];
  return { code, reason: reason.toString() };
}
