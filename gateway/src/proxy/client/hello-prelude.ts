import type { HandshakeFailure } from '../net/handshake-failure.ts';
import {
  BadClientHello,
  LONGEST_HELLO,
  readClientHello,
  type ClientHello,
} from '../net/client-hello.ts';
import { Prelude, type Accepted } from './prelude.ts';

/** TLS alert, fatal, as it is sent before anything is agreed on. */
const DECODE_ERROR = Buffer.from([21, 3, 1, 0, 2, 2, 50]);

/**
 * A connection that has to begin with a ClientHello, which is looked at before OpenSSL gets it: the
 * server name in it decides how to go on.
 */
export abstract class HelloPrelude extends Prelude {
  /** Everything that was read. Set when it is complete. */
  protected bytes!: Buffer;
  private isTls = false;

  constructor(accepted: Accepted) {
    super(accepted);
    this.begin(accepted.thread.settings.tls.handshakeTimeout);
  }

  /** Takes the ClientHello, before the connection goes on. */
  protected abstract heard(hello: ClientHello): void;

  /** Says to a client that does not speak TLS what is expected of it. */
  protected regret(): void {}

  protected isComplete(bytes: Buffer): boolean {
    try {
      const hello = readClientHello(bytes);
      if (hello === null && bytes.length < LONGEST_HELLO) return false;
      if (hello === null) throw new BadClientHello('a message that is too long', true);
      this.bytes = bytes;
      this.heard(hello);
      return true;
    } catch (error) {
      if (!(error instanceof BadClientHello)) throw error;
      this.isTls = error.isTls;
      if (!error.isTls) this.regret();
      this.failed(error.isTls ? 'malformed' : 'not_tls');
      return false;
    }
  }

  protected count(failure: HandshakeFailure): void {
    this.thread.metrics.handshakeFailed(failure);
  }

  protected override closeSocket(): void {
    if (this.isTls) this.socket.write(DECODE_ERROR);
    this.socket.destroySoon();
  }
}
