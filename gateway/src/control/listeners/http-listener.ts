import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import type { RequestListener, ServerOptions } from 'node:http';
import type { Server as SocketServer, Socket } from 'node:net';
import type { Listen } from '../../settings/node-settings.ts';
import { createHttpServer, type HttpServer } from './http-server.ts';
import { refusal, withPort } from './ports.ts';
import { behindProxyHeader } from './proxy-header-gate.ts';
import { clearSocketFile, removeSocketFile } from './socket-file.ts';
import type { ServerCertificates } from '../tls/server-certificates.ts';

/** Only the user of the gateway may connect to a unix socket of this thread's servers. */
const SOCKET_MODE = 0o600;

export interface HttpListenerParts {
  readonly options?: ServerOptions;
  /** Needed if it takes TLS. */
  readonly certificates?: ServerCertificates | undefined;
  /** Whether a peer may send a header of the PROXY protocol; needed if it takes one. */
  readonly trusts?: ((peerIp: string) => boolean) | undefined;
  readonly mostConnections?: number;
  readonly handle: RequestListener;
}

/** A listener of the control thread: HTTP/1.1, HTTP/2 as well, with TLS, behind a PROXY header. */
export class HttpListener {
  /** Where it listens, with the port that is really bound. */
  readonly listen: Listen;
  readonly #http: HttpServer;
  /** What accepts connections. */
  readonly #front: SocketServer;
  readonly #sockets = new Set<Socket>();

  private constructor(listen: Listen, http: HttpServer, front: SocketServer) {
    this.listen = listen;
    this.#http = http;
    this.#front = front;
    front.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /**
   * Starts to listen.
   *
   * @param option that names the listener, for messages
   * @throws OperatorError when the address cannot be had
   */
  static async open(
    listen: Listen,
    option: string,
    parts: HttpListenerParts,
  ): Promise<HttpListener> {
    const { address, backlog, ipv6Only, proxyProtocol } = listen;
    const { trusts } = parts;
    if (proxyProtocol && trusts === undefined) throw new Error('nobody may send a PROXY header');
    const http = createHttpServer(listen, parts);
    const front = proxyProtocol ? behindProxyHeader(http.server, trusts!) : http.server;
    if (parts.mostConnections !== undefined) front.maxConnections = parts.mostConnections;
    if ('path' in address) await clearSocketFile(address.path, option);
    front.listen({ ...address, backlog, ipv6Only });
    try {
      await once(front, 'listening');
    } catch (error) {
      http.release();
      throw refusal(listen, option, error as NodeJS.ErrnoException);
    }
    if ('path' in address) chmodSync(address.path, SOCKET_MODE);
    return new HttpListener(withPort(listen, front), http, front);
  }

  /** Stops accepting. @param patience how long requests under way may go on, ms */
  async close(patience: number): Promise<void> {
    const { address } = this.listen;
    const closed = once(this.#front, 'close');
    this.#http.release();
    this.#front.close();
    this.#http.closeIdle();
    const timer = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, patience);
    await closed;
    clearTimeout(timer);
    if ('path' in address) removeSocketFile(address.path);
  }
}
