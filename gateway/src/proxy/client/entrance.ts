import type { Listen } from '../../settings/node-settings.ts';
import type { Arrival } from '../net/arrival.ts';
import type { Accept } from '../net/listener.ts';
import { PlainArrival } from '../net/plain-arrival.ts';
import { openClientWire } from '../socket/open-client-wire.ts';
import type { OpenConnection, ProxyThread } from '../thread.ts';
import { NameReader } from './name-reader.ts';
import type { Admit } from './prelude.ts';
import { ProxyHeaderReader } from './proxy-header.ts';
import { receiveClient } from './receive-client.ts';
import { TlsHandshake } from './tls-handshake.ts';

/** What takes the connections of a listener for requests. */
export function entranceOf(thread: ProxyThread, listen: Listen): Accept {
  const { ssl, http2 } = listen;
  const protocols = http2 ? ['h2', 'http/1.1'] : ['http/1.1'];
  const receive = (arrival: Arrival): OpenConnection => receiveClient(thread, arrival, http2);
  const admit: Admit = ssl
    ? (handle, localPort, proxied, rest) => {
        const parts = { thread, listen, protocols, localPort, proxied, receive };
        const { clientTrusts, certificates } = thread.plan;
        return clientTrusts.isEmpty && !certificates.hasAlternatives
          ? new TlsHandshake({ ...parts, rest, trust: null, hello: null }, handle)
          : new NameReader({ thread, handle, localPort, proxied, rest }, parts);
      }
    : (handle, localPort, proxied, rest) =>
        receiveClient(
          thread,
          new PlainArrival(openClientWire, handle, localPort, proxied, rest),
          http2,
        );
  return entrance(thread, listen, admit);
}

/** What takes the connections of a listener: the header of the PROXY protocol first, where it wants one. */
export function entrance(thread: ProxyThread, listen: Listen, admit: Admit): Accept {
  if (listen.proxyProtocol) {
    return (handle, localPort) => {
      const accepted = { thread, handle, localPort, proxied: null, rest: null };
      thread.connectionOpened(new ProxyHeaderReader(accepted, admit));
    };
  }
  return (handle, localPort) => {
    thread.connectionOpened(admit(handle, localPort, null, null));
  };
}
