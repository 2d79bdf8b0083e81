import type { Arrival, ProxiedAddresses } from './arrival.ts';
import { ProxySocket } from '../socket/proxy-socket.ts';

/** A client that came in without TLS. */
export class PlainArrival implements Arrival {
  readonly localPort: number;
  readonly proxied: ProxiedAddresses | null;
  readonly tls = null;
  readonly rest: Buffer | null;
  private readonly handle: unknown;

  /** @param handle of the accepted socket, detached from it */
  constructor(
    handle: unknown,
    localPort: number,
    proxied: ProxiedAddresses | null = null,
    rest: Buffer | null = null,
  ) {
    this.handle = handle;
    this.localPort = localPort;
    this.proxied = proxied;
    this.rest = rest;
  }

  open(buffer: Uint8Array, onRead: (length: number) => boolean): ProxySocket {
    const socket = ProxySocket.accept(this.handle, buffer);
    socket.onRead = onRead;
    return socket;
  }
}
