import type { Arrival } from '../net/arrival.ts';
import type { OpenConnection, ProxyThread } from '../thread.ts';
import { ClientConnection } from './http1-connection.ts';

/** Opens the connection of a client in the protocol that was agreed on. */
export function receiveClient(thread: ProxyThread, arrival: Arrival): OpenConnection {
  return new ClientConnection(thread, arrival);
}
