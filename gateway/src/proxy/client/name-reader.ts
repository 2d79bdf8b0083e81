import type { ClientHello } from '../net/client-hello.ts';
import type { ClientTrust } from '../net/tls-contexts.ts';
import type { OpenConnection } from '../thread.ts';
import { HelloPrelude } from './hello-prelude.ts';
import { plainHttpAnswer } from './plain-http.ts';
import type { Accepted } from './prelude.ts';
import { TlsHandshake, type HandshakeParts } from './tls-handshake.ts';

/**
 * A client whose server name is looked at before it shakes hands, since plugins want some clients to
 * be asked for a certificate. OpenSSL tells of the name when it is too late to keep such a connection
 * from going on with a session, or from leaving one behind.
 */
export class NameReader extends HelloPrelude {
  readonly #parts: Omit<HandshakeParts, 'rest' | 'trust'>;
  #trust: ClientTrust | null = null;

  constructor(accepted: Accepted, parts: Omit<HandshakeParts, 'rest' | 'trust'>) {
    super(accepted);
    this.#parts = parts;
  }

  protected heard({ sni }: ClientHello): void {
    const { plan, clientAsking } = this.thread;
    // Where the node itself asks, its own authorities decide who comes in.
    const isNodes = clientAsking.of(this.#parts.listen, sni) !== 'off';
    this.#trust = isNodes ? null : plan.clientTrusts.of(sni);
  }

  protected override regret(): void {
    this.socket.write(plainHttpAnswer(this.thread));
  }

  protected passOn(handle: unknown): OpenConnection {
    return new TlsHandshake({ ...this.#parts, rest: this.bytes, trust: this.#trust }, handle);
  }
}
