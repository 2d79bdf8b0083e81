import type { Listen } from '../../settings/node-settings.ts';
import type { Arrival } from '../net/arrival.ts';
import type { Accept } from '../net/listener.ts';
import { PlainArrival } from '../net/plain-arrival.ts';
import type { OpenConnection, ProxyThread } from '../thread.ts';
import { receiveClient } from './receive-client.ts';
import { TlsHandshake } from './tls-handshake.ts';

/** What takes the connections of a listener. */
export function entranceOf(thread: ProxyThread, listen: Listen): Accept {
  const { http2, ssl } = listen;
  const receive = (arrival: Arrival): OpenConnection => receiveClient(thread, arrival, http2);
  if (!ssl) {
    return (handle, localPort) => {
      thread.connectionOpened(receive(new PlainArrival(handle, localPort)));
    };
  }
  const protocols = http2 ? ['h2', 'http/1.1'] : ['http/1.1'];
  const parts = { thread, protocols, proxied: null, rest: null, receive };
  return (handle, localPort) => {
    thread.connectionOpened(new TlsHandshake({ ...parts, localPort }, handle));
  };
}
