import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { HttpListener } from '../control/listeners/http-listener.ts';
import type { NodeListener } from '../control/node-parts.ts';
import type { Listen } from '../settings/node-settings.ts';
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
export class AdminServer implements NodeListener {
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
  static async open(listen: Listen, parts: AdminParts): Promise<AdminServer> {
    const app = createApp(parts);
    const respond = getRequestListener(app.fetch, { overrideGlobalObjects: false });
    const options = {
      headersTimeout: LONGEST_HEAD,
      requestTimeout: LONGEST_REQUEST,
      keepAliveTimeout: LONGEST_IDLE,
    };
    const handle = (request: IncomingMessage, response: ServerResponse): void => {
      response.setTimeout(LONGEST_SILENCE, () => response.destroy());
      void respond(request, response);
    };
    const { certificates, trusts } = parts;
    const own = { options, certificates, trusts, mostConnections: MOST_CONNECTIONS, handle };
    return new AdminServer(await HttpListener.open(listen, '--admin-listen', own));
  }

  /** Stops accepting; requests under way get a moment to be answered. */
  close(): Promise<void> {
    return this.#listener.close(LAST_ANSWERS);
  }
}
