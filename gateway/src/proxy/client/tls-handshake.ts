import type { SecureContext } from 'node:tls';
import type { Listen } from '../../settings/node-settings.ts';
import { UNIX_PEER, withoutIPv4Mapping } from '../client-address.ts';
import type { Arrival, ProxiedAddresses, TlsDetails } from '../net/arrival.ts';
import type { ClientHello } from '../net/client-hello.ts';
import { HandshakeDetails, serverNameOf } from '../net/handshake-details.ts';
import { handshakeFailure, isPlainText, type HandshakeFailure } from '../net/handshake-failure.ts';
import type { ClientTrust } from '../net/tls-contexts.ts';
import { TlsSocket } from '../net/tls-socket.ts';
import type { OpenConnection, ProxyThread } from '../thread.ts';
import type { Timed } from '../timer-wheel.ts';
import { plainHttpAnswer } from './plain-http.ts';

/** What a handshake is to end in. */
export interface HandshakeParts {
  readonly thread: ProxyThread;
  /** Where the client came in. */
  readonly listen: Listen;
  /** In the order in which the gateway prefers them. */
  readonly protocols: readonly string[];
  readonly localPort: number;
  readonly proxied: ProxiedAddresses | null;
  /** Encrypted bytes that were read before; null for none. */
  readonly rest: Buffer | null;
  /** Whose certificate it is asked for because plugins want to know; null where they do not. */
  readonly trust: ClientTrust | null;
  /** What the client has said, where that was looked at. */
  readonly hello: ClientHello | null;
  /**
   * Takes the client.
   *
   * @returns what its connection is from now on
   */
  readonly receive: (arrival: Arrival<TlsSocket>) => OpenConnection;
}

/** What a client takes that has not said anything yet. */
const anyAlgorithm = (): readonly string[] => ['ECDSA', 'RSA'];

/**
 * A client that is shaking hands: bounded in time, counted when it fails, and no business of anybody
 * else's until it is done.
 */
export class TlsHandshake implements Timed, OpenConnection, Arrival<TlsSocket> {
  deadline = 0;
  wheelSlot = -1;
  tls: TlsDetails | null = null;
  readonly rest = null;
  readonly localPort: number;
  readonly proxied: ProxiedAddresses | null;
  private readonly parts: HandshakeParts;
  private readonly thread: ProxyThread;
  private readonly socket: TlsSocket;
  private pending = true;

  /** @param handle of the accepted socket, detached from it */
  constructor(parts: HandshakeParts, handle: unknown) {
    const { thread, listen, protocols, localPort, proxied, rest, trust } = parts;
    const { certificates } = thread.plan;
    const asks = thread.clientAsking.of(listen, '');
    this.parts = parts;
    this.thread = thread;
    this.localPort = localPort;
    this.proxied = proxied;
    this.socket = TlsSocket.accept({
      handle,
      secureContext: certificates.secureContextFor('', anyAlgorithm, trust),
      SNICallback: (name, done) => this.choose(name, done),
      ALPNProtocols: protocols,
      requestCert: trust !== null || asks !== 'off',
      rejectUnauthorized: asks === 'required',
      buffer: thread.buffer,
    });
    this.socket.onRead = () => false;
    this.socket.setNoDelay(true);
    this.socket.once('secure', () => this.done());
    this.socket.on('_tlsError', this.onError);
    this.socket.on('error', this.onError);
    this.socket.on('close', this.onClose);
    thread.handshakes.began(this);
    thread.wheel.arm(this, thread.now(), thread.settings.tls.handshakeTimeout);
    if (rest !== null) this.socket.receive(rest);
  }

  open(_buffer: Uint8Array, onRead: (length: number) => boolean): TlsSocket {
    this.socket.onRead = onRead;
    return this.socket;
  }

  onDeadline(): void {
    this.failed('timeout');
  }

  closeIfIdle(): void {
    this.destroy();
  }

  destroy(): void {
    this.failed('shutdown');
  }

  /** Others came, and it has taken longest. */
  crowdOut(): void {
    this.failed('crowded_out');
  }

  /** A configuration that came since the client connected counts already. */
  private choose(name: string, done: (error: null, context?: SecureContext) => void): void {
    const { listen, trust } = this.parts;
    const asks = this.thread.clientAsking.of(listen, name.toLowerCase());
    this.socket.ask(trust !== null && asks === 'off' ? 'optional' : asks);
    const { certificates } = this.thread.plan;
    const algorithms = (): readonly string[] => this.algorithms();
    done(null, certificates.secureContextFor(name, algorithms, trust));
  }

  /** By which the client takes signatures: those for which it has a suite as well. */
  private algorithms(): readonly string[] {
    const all = this.socket.getSharedSigalgs();
    const { hello } = this.parts;
    if (hello === null || hello.offersEcdsa) return all;
    const { maxVersion } = this.thread.settings.tls;
    if (hello.offersTls13 && maxVersion === 'TLSv1.3') return all;
    return all.filter((algorithm) => /^RSA/i.test(algorithm));
  }

  private done(): void {
    const { socket, thread } = this;
    if (!this.pending) return;
    const sni = serverNameOf(socket);
    const { listen, trust } = this.parts;
    const asked = thread.clientAsking.of(listen, sni);
    const details = new HandshakeDetails(socket, listen, sni, asked, trust !== null);
    // For plugins alone anybody may come in: they decide by themselves.
    if (details.clientVerified === false && (trust === null || asked !== 'off')) {
      this.failed('client_certificate_refused', details);
      return;
    }
    // A session that goes on was perhaps begun where nothing was asked for.
    if (asked === 'required' && details.clientVerified === null) {
      this.failed('client_certificate_missing');
      return;
    }
    this.ended();
    socket.established();
    socket.off('_tlsError', this.onError).off('error', this.onError).off('close', this.onClose);
    this.tls = details;
    thread.metrics.handshakeDone(details.version, details.resumed, this.nameIs(details.sni));
    thread.connectionBecame(this, this.parts.receive(this));
  }

  /** Whether the configuration has a certificate for the name. */
  private nameIs(sni: string): 'none' | 'known' | 'unknown' {
    if (sni === '') return 'none';
    const { certificates } = this.thread.plan;
    return certificates.certificateFor(sni) === undefined ? 'unknown' : 'known';
  }

  private readonly onError = (error: Error): void => {
    if (this.pending && isPlainText(error)) this.socket.answerInClear(plainHttpAnswer(this.thread));
    this.failed(handshakeFailure(error));
  };

  private readonly onClose = (): void => {
    this.failed('disconnected');
    this.thread.connectionClosed(this);
  };

  private failed(reason: HandshakeFailure, details: HandshakeDetails | null = null): void {
    if (!this.pending) return;
    this.ended();
    this.thread.metrics.handshakeFailed(reason);
    if (reason.startsWith('client_certificate')) this.tell(details);
    this.socket.destroy();
  }

  /** @param details null when the client showed no certificate */
  private tell(details: HandshakeDetails | null): void {
    const { thread, proxied, socket, localPort } = this;
    const peer = localPort === 0 ? UNIX_PEER : withoutIPv4Mapping(socket.remoteAddress ?? '');
    const { clientProblem = '', clientCertificate } = details ?? {};
    const line = thread.refusedClients.line(
      ...([proxied?.sourceIp ?? peer, clientProblem] as const),
      ...([clientCertificate?.subject ?? null, thread.now()] as const),
    );
    if (line !== null) thread.inform(line);
  }

  private ended(): void {
    this.pending = false;
    this.thread.wheel.release(this);
    this.thread.handshakes.ended(this);
  }
}
