import type { Arrival, ProxiedAddresses } from './arrival.ts';
import type { ClientWire } from '../socket/client-wire.ts';

/**
 * Makes a socket.
 *
 * @param handle of the accepted socket, detached from it
 * @param buffer where what is read stands while `onRead` is called
 */
export type OpenWire<W> = (handle: unknown, buffer: Uint8Array) => W;

/** A client that came in without TLS. */
export class PlainArrival<W extends ClientWire> implements Arrival<W> {
  readonly localPort: number;
  readonly proxied: ProxiedAddresses | null;
  readonly tls = null;
  readonly rest: Buffer | null;
  private readonly openWire: OpenWire<W>;
  private readonly handle: unknown;

  /** @param handle of the accepted socket, detached from it */
  constructor(
    openWire: OpenWire<W>,
    handle: unknown,
    localPort: number,
    proxied: ProxiedAddresses | null = null,
    rest: Buffer | null = null,
  ) {
    this.openWire = openWire;
    this.handle = handle;
    this.localPort = localPort;
    this.proxied = proxied;
    this.rest = rest;
  }

  open(buffer: Uint8Array, onRead: (length: number) => boolean): W {
    const wire = this.openWire(this.handle, buffer);
    wire.onRead = onRead;
    return wire;
  }
}
