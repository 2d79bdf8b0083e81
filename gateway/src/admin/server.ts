import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { refusal } from '../control/ports.ts';
import type { Address } from '../settings/node-settings.ts';
import { createApp } from './http/app.ts';
import type { AdminParts } from './parts.ts';

/** Bounds on slow clients, ms. */
const LONGEST_HEAD = 10_000;
const LONGEST_REQUEST = 60_000;
const LONGEST_SILENCE = 60_000;
const LONGEST_IDLE = 65_000;
const MOST_CONNECTIONS = 1024;

/** How long requests under way may go on when the server closes, ms. */
const LAST_ANSWERS = 2000;

/** The listener of the Admin API. */
export class AdminServer {
  readonly address: Address;
  readonly #server: Server;

  private constructor(server: Server, address: Address) {
    this.#server = server;
    this.address = address;
  }

  /**
   * Starts to listen.
   *
   * @throws OperatorError when the address cannot be had
   */
  static async open(listen: Address, parts: AdminParts): Promise<AdminServer> {
    const app = createApp(parts);
    const respond = getRequestListener(app.fetch, { overrideGlobalObjects: false });
    const options = {
      headersTimeout: LONGEST_HEAD,
      requestTimeout: LONGEST_REQUEST,
      keepAliveTimeout: LONGEST_IDLE,
    };
    const server = createServer(options, (request, response) => {
      response.setTimeout(LONGEST_SILENCE, () => response.destroy());
      void respond(request, response);
    });
    server.maxConnections = MOST_CONNECTIONS;
    server.listen({ host: listen.host, port: listen.port });
    try {
      await once(server, 'listening');
    } catch (error) {
      throw refusal(listen, '--admin-listen', error as NodeJS.ErrnoException);
    }
    const { port } = server.address() as AddressInfo;
    return new AdminServer(server, { host: listen.host, port });
  }

  /** Stops accepting; requests under way get a moment to be answered. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeIdleConnections();
    const timer = setTimeout(() => this.#server.closeAllConnections(), LAST_ANSWERS);
    await closed;
    clearTimeout(timer);
  }
}
