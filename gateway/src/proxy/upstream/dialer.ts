import type net from 'node:net';
import { ProxySocket, type Reading } from '../socket/proxy-socket.ts';
import type { Wire } from '../net/wire.ts';
import type { Endpoint } from './balancing/place.ts';
import { proxyHeader, type ProxiedClient, type ProxyVersion } from './proxy-header.ts';

/** Opens connections to one place, in one way. */
export interface Dialer {
  readonly scheme: 'http' | 'https';
  /** Tells, on the socket, that the connection stands. */
  readonly readyEvent: 'connect' | 'secureConnect';
  /** Connections begin by naming the client, so that each is of use to that one alone. */
  readonly namesClient: boolean;

  /**
   * Opens a connection. It can be written to at once; what cannot be sent yet waits in the socket.
   *
   * @throws Error when it cannot even be tried
   */
  dial(reading: Reading, client: ProxiedClient): Wire;
  /** What is spoken on a connection that stands. */
  spokenOn(socket: Wire): 'h2' | 'http/1.1';
  /** Looks at the error of a socket. @returns whether the upstream could not be trusted */
  isTlsFailure(error: Error): boolean;
}

/** Opens connections without TLS. */
export class PlainDialer implements Dialer {
  readonly scheme = 'http';
  readonly readyEvent = 'connect';
  readonly #endpoint: Endpoint;
  readonly #proxyVersion: ProxyVersion;

  constructor(endpoint: Endpoint, proxyVersion: ProxyVersion) {
    this.#endpoint = endpoint;
    this.#proxyVersion = proxyVersion;
  }

  get namesClient(): boolean {
    return this.#proxyVersion !== 0;
  }

  dial(reading: Reading, client: ProxiedClient): ProxySocket {
    const socket = ProxySocket.dial(this.#endpoint as net.TcpNetConnectOpts, reading);
    if (this.#proxyVersion !== 0) socket.write(proxyHeader(this.#proxyVersion, client), 'latin1');
    return socket;
  }

  /** Whoever dials has to know: nothing is agreed on. */
  spokenOn(): 'h2' {
    return 'h2';
  }

  isTlsFailure(): boolean {
    return false;
  }
}
