import type { Listen } from '../../settings/node-settings.ts';
import type { Arrival } from '../net/arrival.ts';
import type { Accept } from '../net/listener.ts';
import { PlainArrival } from '../net/plain-arrival.ts';
import type { OpenConnection, ProxyThread } from '../thread.ts';
import { type Admit, ProxyHeaderReader } from './proxy-header.ts';
import { receiveClient } from './receive-client.ts';
import { TlsHandshake } from './tls-handshake.ts';

/** What takes the connections of a listener for requests. */
export function entranceOf(thread: ProxyThread, listen: Listen): Accept {
  const { http2 } = listen;
  return entrance(thread, listen, http2 ? ['h2', 'http/1.1'] : ['http/1.1'], (arrival) =>
    receiveClient(thread, arrival, http2),
  );
}

/**
 * What takes the connections of a listener: first the header of the PROXY protocol, then the
 * handshake, as the listener wants them.
 *
 * @param protocols offered in the handshake
 * @param receive takes the client when these are done
 */
export function entrance(
  thread: ProxyThread,
  listen: Listen,
  protocols: readonly string[],
  receive: (arrival: Arrival) => OpenConnection,
): Accept {
  const admit: Admit = listen.ssl
    ? (handle, localPort, proxied, rest) =>
        new TlsHandshake({ thread, listen, protocols, localPort, proxied, rest, receive }, handle)
    : (handle, localPort, proxied, rest) =>
        receive(new PlainArrival(handle, localPort, proxied, rest));
  if (listen.proxyProtocol) {
    return (handle, localPort) => {
      thread.connectionOpened(new ProxyHeaderReader(thread, handle, localPort, admit));
    };
  }
  return (handle, localPort) => {
    thread.connectionOpened(admit(handle, localPort, null, null));
  };
}
