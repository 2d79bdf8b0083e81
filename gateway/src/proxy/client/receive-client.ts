import type { Arrival } from '../net/arrival.ts';
import type { OpenConnection, ProxyThread } from '../thread.ts';
import { ClientConnection } from './http1-connection.ts';
import { Http2Connection } from './http2-connection.ts';

/**
 * Opens the connection of a client in the protocol that was agreed on, or that it begins with.
 *
 * @param http2 whether the listener takes HTTP/2
 */
export function receiveClient(
  thread: ProxyThread,
  arrival: Arrival,
  http2: boolean,
): OpenConnection {
  const { tls } = arrival;
  if (tls?.alpn === 'h2') return new Http2Connection(thread, arrival, thread.nextSerial());
  return new ClientConnection(thread, arrival, http2 && tls === null);
}
