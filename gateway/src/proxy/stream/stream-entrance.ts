import type { Listen } from '../../settings/node-settings.ts';
import { entrance } from '../client/entrance.ts';
import type { Admit } from '../client/prelude.ts';
import type { Accept } from '../net/listener.ts';
import { PlainArrival } from '../net/plain-arrival.ts';
import type { ProxyThread } from '../thread.ts';
import { HelloReader } from './hello-reader.ts';
import { openStreamWire } from './stream-client.ts';
import { StreamSession } from './stream-session.ts';

const PLAIN = { protocol: 'tcp', sni: '', regret: null } as const;

/** What takes the connections of a listener for streams. */
export function streamEntrance(thread: ProxyThread, listen: Listen): Accept {
  const admit: Admit = listen.ssl
    ? (handle, localPort, proxied, rest) =>
        new HelloReader({ thread, handle, localPort, proxied, rest }, listen)
    : (handle, localPort, proxied, rest) =>
        new StreamSession(
          thread,
          new PlainArrival(openStreamWire, handle, localPort, proxied, rest),
          PLAIN,
        );
  return entrance(thread, listen, admit);
}
