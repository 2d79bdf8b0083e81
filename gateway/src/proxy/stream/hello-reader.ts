import type { Listen } from '../../settings/node-settings.ts';
import { Prelude, type Accepted } from '../client/prelude.ts';
import { TlsHandshake } from '../client/tls-handshake.ts';
import type { Arrival } from '../net/arrival.ts';
import type { HandshakeFailure } from '../net/handshake-failure.ts';
import { PlainArrival } from '../net/plain-arrival.ts';
import type { StreamMatch } from '../router/stream-router.ts';
import type { OpenConnection } from '../thread.ts';
import {
  BadClientHello,
  LONGEST_HELLO,
  readClientHello,
  type ClientHello,
} from './client-hello.ts';
import { endsOf } from './stream-client.ts';
import { StreamSession } from './stream-session.ts';

/** TLS alerts, fatal, as they are sent before anything is agreed on. */
const UNRECOGNISED_NAME = Buffer.from([21, 3, 1, 0, 2, 2, 112]);
const DECODE_ERROR = Buffer.from([21, 3, 1, 0, 2, 2, 50]);

/**
 * A connection that has to begin with a ClientHello. It shows by the server name in it which route
 * the connection belongs to: TLS is taken off, or passed through as it came.
 */
export class HelloReader extends Prelude {
  readonly #listen: Listen;
  #bytes: Buffer | null = null;
  #hello: ClientHello | null = null;
  #protocol: StreamMatch['protocol'] | null = null;
  #isTls = false;

  constructor(accepted: Accepted, listen: Listen) {
    super(accepted);
    this.#listen = listen;
    this.begin(accepted.thread.settings.tls.handshakeTimeout);
  }

  protected isComplete(bytes: Buffer): boolean {
    try {
      this.#hello = readClientHello(bytes);
      if (this.#hello === null && bytes.length < LONGEST_HELLO) return false;
      if (this.#hello === null) throw new BadClientHello('a message that is too long', true);
    } catch (error) {
      if (!(error instanceof BadClientHello)) throw error;
      this.#isTls = error.isTls;
      this.failed(error.isTls ? 'malformed' : 'not_tls');
      return false;
    }
    this.#bytes = bytes;
    const query = {
      ...endsOf(this.socket, this.localPort, this.proxied),
      protocols: ['tls', 'tls_passthrough'],
      sni: this.#hello.sni,
    } as const;
    this.#protocol = this.thread.plan.streams.match(query)?.protocol ?? null;
    return true;
  }

  protected passOn(handle: unknown): OpenConnection {
    const { thread, localPort, proxied } = this;
    const { sni } = this.#hello!;
    const rest = this.#bytes;
    if (this.#protocol === 'tls') {
      const receive = (arrival: Arrival): OpenConnection =>
        new StreamSession(thread, arrival, { protocol: 'tls', sni, regret: null });
      const parts = {
        thread,
        listen: this.#listen,
        protocols: [],
        localPort,
        proxied,
        rest,
        receive,
      };
      return new TlsHandshake(parts, handle);
    }
    const protocol = this.#protocol ?? 'tls';
    const arrival = new PlainArrival(handle, localPort, proxied, rest);
    return new StreamSession(thread, arrival, { protocol, sni, regret: UNRECOGNISED_NAME });
  }

  protected count(failure: HandshakeFailure): void {
    this.thread.metrics.handshakeFailed(failure);
  }

  protected override closeSocket(): void {
    if (this.#isTls) this.socket.write(DECODE_ERROR);
    this.socket.destroySoon();
  }
}
