import type { Listen } from '../../settings/node-settings.ts';
import { HelloPrelude } from '../client/hello-prelude.ts';
import type { Accepted } from '../client/prelude.ts';
import { TlsHandshake } from '../client/tls-handshake.ts';
import type { Arrival } from '../net/arrival.ts';
import type { ClientHello } from '../net/client-hello.ts';
import { PlainArrival } from '../net/plain-arrival.ts';
import type { TlsSocket } from '../net/tls-socket.ts';
import type { StreamMatch } from '../router/stream-router.ts';
import type { OpenConnection } from '../thread.ts';
import { endsOf, openStreamWire } from './stream-client.ts';
import { StreamSession } from './stream-session.ts';

/** TLS alert, fatal, as it is sent before anything is agreed on. */
const UNRECOGNISED_NAME = Buffer.from([21, 3, 1, 0, 2, 2, 112]);

/**
 * A connection whose ClientHello shows which route it belongs to: TLS is taken off, or passed through
 * as it came.
 */
export class HelloReader extends HelloPrelude {
  readonly #listen: Listen;
  #hello: ClientHello | null = null;
  #protocol: StreamMatch['protocol'] | null = null;

  constructor(accepted: Accepted, listen: Listen) {
    super(accepted);
    this.#listen = listen;
  }

  protected heard(hello: ClientHello): void {
    const { sni } = hello;
    const query = {
      ...endsOf(this.socket, this.localPort, this.proxied),
      protocols: ['tls', 'tls_passthrough'],
      sni,
    } as const;
    this.#hello = hello;
    this.#protocol = this.thread.plan.streams.match(query)?.protocol ?? null;
  }

  protected passOn(handle: unknown): OpenConnection {
    const { thread, localPort, proxied, bytes: rest } = this;
    const hello = this.#hello;
    const sni = hello?.sni ?? '';
    if (this.#protocol === 'tls') {
      const receive = (arrival: Arrival<TlsSocket>): OpenConnection =>
        new StreamSession(thread, arrival, { protocol: 'tls', sni, regret: null });
      const ends = { localPort, proxied, rest, receive };
      const listen = this.#listen;
      return new TlsHandshake(
        { thread, listen, protocols: [], trust: null, hello, ...ends },
        handle,
      );
    }
    const protocol = this.#protocol ?? 'tls';
    const arrival = new PlainArrival(openStreamWire, handle, localPort, proxied, rest);
    return new StreamSession(thread, arrival, { protocol, sni, regret: UNRECOGNISED_NAME });
  }
}
