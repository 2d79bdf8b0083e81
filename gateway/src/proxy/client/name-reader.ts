import type { ClientHello } from '../net/client-hello.ts';
import type { ClientTrust } from '../net/tls-contexts.ts';
import type { OpenConnection } from '../thread.ts';
import { HelloPrelude } from './hello-prelude.ts';
import { plainHttpAnswer } from './plain-http.ts';
import type { Accepted } from './prelude.ts';
import { TlsHandshake, type HandshakeParts } from './tls-handshake.ts';

/**
 * A client whose ClientHello is looked at before it shakes hands: for the server name in it, since
 * plugins want some clients to be asked for a certificate, and for its suites, since some name has
 * certificates of several kinds. OpenSSL tells of the name when it is too late to keep such a connection
 * from going on with a session, or from leaving one behind; of the suites it tells nothing.
 */
export class NameReader extends HelloPrelude {
  readonly #parts: Omit<HandshakeParts, 'rest' | 'trust' | 'hello'>;
  #trust: ClientTrust | null = null;
  #hello: ClientHello | null = null;

  constructor(accepted: Accepted, parts: Omit<HandshakeParts, 'rest' | 'trust' | 'hello'>) {
    super(accepted);
    this.#parts = parts;
  }

  protected heard(hello: ClientHello): void {
    const { sni } = hello;
    this.#hello = hello;
    const { plan, clientAsking } = this.thread;
    // Where the node itself asks, its own authorities decide who comes in.
    const isNodes = clientAsking.of(this.#parts.listen, sni) !== 'off';
    this.#trust = isNodes ? null : plan.clientTrusts.of(sni);
  }

  protected override regret(): void {
    this.socket.write(plainHttpAnswer(this.thread));
  }

  protected passOn(handle: unknown): OpenConnection {
    const heard = { rest: this.bytes, trust: this.#trust, hello: this.#hello };
    return new TlsHandshake({ ...this.#parts, ...heard }, handle);
  }
}
