import net from 'node:net';
import tls from 'node:tls';
import { TlsSocket } from '../../net/tls-socket.ts';
import type { Wire } from '../../net/wire.ts';
import type { Reading } from '../../socket/proxy-socket.ts';
import type { Dialer } from '../dialer.ts';
import type { Endpoint } from '../balancing/place.ts';
import { proxyHeader, type ProxiedClient, type ProxyVersion } from '../proxy-header.ts';
import { sniOf } from './server-name.ts';
import type { TlsClient } from './tls-client.ts';

/** Shortest time between two complaints about one place, ms. */
const PAUSE = 10_000;

export interface TlsDialerOptions {
  readonly endpoint: Endpoint;
  /** `address:port`, for complaints. */
  readonly place: string;
  readonly client: TlsClient;
  /** The name that the upstream has to prove. */
  readonly serverName: string;
  /** Offered in the handshake; none for streams. */
  readonly protocols: readonly string[];
  readonly proxyVersion: ProxyVersion;
  readonly complain: (message: string) => void;
}

/** Opens connections with TLS, and resumes the session of the last one. */
export class TlsDialer implements Dialer {
  readonly scheme = 'https';
  readonly readyEvent = 'secureConnect';
  readonly #options: TlsDialerOptions;
  #session: Buffer | null = null;
  #complainedAt = -Infinity;

  constructor(options: TlsDialerOptions) {
    this.#options = options;
  }

  get namesClient(): boolean {
    return this.#options.proxyVersion !== 0;
  }

  /**
   * Nothing goes out before the upstream has proved who it is. Node ends the handshake before it looks
   * at the certificate, so that bytes written meanwhile could be with a stranger by then.
   */
  dial(reading: Reading, proxied: ProxiedClient): TlsSocket {
    const { endpoint, client, serverName, protocols, proxyVersion } = this.#options;
    const { context } = client;
    const base =
      proxyVersion === 0 ? null : dialBehind(endpoint, proxyHeader(proxyVersion, proxied));
    const socket = TlsSocket.of(
      tls.connect({
        ...(base === null ? { ...endpoint, onread: reading } : { socket: base }),
        secureContext: context,
        servername: sniOf(serverName),
        rejectUnauthorized: client.terms.verify,
        checkServerIdentity: (_host, shown) => tls.checkServerIdentity(serverName, shown),
        ...(protocols.length === 0 ? {} : { ALPNProtocols: [...protocols] }),
        ...(this.#session === null ? {} : { session: this.#session }),
      } as tls.ConnectionOptions),
    );
    if (base !== null) readChunks(socket, reading);
    socket.setNoDelay(true);
    socket.cork();
    socket.once('secureConnect', () => this.#onSecure(socket));
    return socket;
  }

  #onSecure(socket: TlsSocket): void {
    const objection = this.#options.client.objection(socket);
    if (objection === null) {
      // Only now: who goes on with a session is not looked at again.
      socket.on('session', (session: Buffer) => (this.#session = session));
      socket.uncork();
    } else socket.destroy(Object.assign(new Error(objection), { code: 'ERR_TLS_CHAIN_TOO_LONG' }));
  }

  /** An upstream that names nothing speaks what alone was offered, or HTTP/1.1. */
  spokenOn(socket: Wire): 'h2' | 'http/1.1' {
    const { protocols } = this.#options;
    const chosen = (socket as TlsSocket).alpnProtocol;
    if (chosen === 'h2') return 'h2';
    return protocols.length === 1 && protocols[0] === 'h2' ? 'h2' : 'http/1.1';
  }

  isTlsFailure(error: Error): boolean {
    if (!concernsTls(error)) return false;
    // What the other side takes for a broken session is not to be tried again.
    this.#session = null;
    const now = performance.now();
    if (now - this.#complainedAt >= PAUSE) {
      this.#complainedAt = now;
      this.#options.complain(this.#complaint(error));
    }
    return true;
  }

  #complaint(error: Error): string {
    const { place, serverName } = this.#options;
    const { code = '' } = error as NodeJS.ErrnoException;
    return `TLS with the upstream ${place}, which is to be '${serverName}', failed: ${reasonOf(error, code)} (${code})${adviceFor(code)}`;
  }
}

/** A connection on which `prelude` goes first. */
function dialBehind(endpoint: Endpoint, prelude: string): net.Socket {
  const socket = net.connect(endpoint as net.NetConnectOpts);
  socket.write(prelude, 'latin1');
  return socket;
}

/** From a socket that stands on another, Node reads into buffers of its own. */
function readChunks(socket: TlsSocket, { buffer, callback }: Reading): void {
  socket.on('data', (chunk: Buffer) => {
    for (let start = 0; start < chunk.length && !socket.destroyed; start += buffer.length) {
      const piece = chunk.subarray(start, start + buffer.length);
      buffer.set(piece);
      if (!callback(piece.length)) socket.pause();
    }
  });
}

/** Whether a connection failed since the other side is not who it should be, or speaks no TLS. */
function concernsTls(error: Error): boolean {
  const { code = '', syscall } = error as NodeJS.ErrnoException;
  if (syscall !== undefined) return false;
  if (code.startsWith('ERR_')) return code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_');
  return code.includes('_') || code === 'EPROTO';
}

const UNKNOWN_AUTHORITY = /ISSUER|SELF_SIGNED|UNABLE_TO_VERIFY|UNTRUSTED/;

/** Longest list of names in a complaint, characters. */
const LONGEST_NAMES = 256;

/** Node's own words give advice about Node where nobody vouches, and repeat the name otherwise. */
function reasonOf(error: Error, code: string): string {
  if (code.startsWith('ERR_SSL_')) return code.slice(8).toLowerCase();
  if (UNKNOWN_AUTHORITY.test(code))
    return 'no authority that is trusted vouches for its certificate';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const { subjectaltname, subject } =
      (error as { cert?: Partial<tls.PeerCertificate> }).cert ?? {};
    const names = subjectaltname ?? [subject?.CN ?? 'no name'].flat().join(', ');
    return `its certificate is for ${names.slice(0, LONGEST_NAMES)}`;
  }
  return error.message;
}

function adviceFor(code: string): string {
  if (UNKNOWN_AUTHORITY.test(code)) {
    return "; if it can be trusted, name its authority in the service's ca_certificates or with --upstream-ca";
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return "; the name comes from the service's host, a target's, or the upstream's host_header, and for requests from the Host that the route passes on";
  }
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER') return '; it does not seem to speak TLS there';
  return '';
}
