import { BareSocket } from './bare-socket.ts';
import type { ClientWire } from './client-wire.ts';
import { ProxySocket } from './proxy-socket.ts';

let bare = false;

/** Lets clients with requests have bare sockets from now on, or no longer. For the check that they work. */
export function useBareSockets(on: boolean): void {
  bare = on;
}

/**
 * The socket of a client with requests.
 *
 * @param handle of the accepted socket, detached from it
 * @param buffer where what is read stands while `onRead` is called
 */
export function openClientWire(handle: unknown, buffer: Uint8Array): ClientWire {
  return bare ? new BareSocket(handle, buffer) : ProxySocket.accept(handle, buffer);
}
