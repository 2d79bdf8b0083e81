import type { X509Certificate } from 'node:crypto';
import type { TlsDetails } from './arrival.ts';
import type { TlsSocket } from './tls-socket.ts';

/** What clients show in place of a certificate: none, in the words of either version. */
const nothing: readonly string[] = ['NO_CERTIFICATE', 'UNABLE_TO_GET_ISSUER_CERT'];

/** What the handshake of a socket has agreed on. */
export class HandshakeDetails implements TlsDetails {
  readonly version: string;
  readonly cipher: string;
  readonly sni: string;
  readonly alpn: string;
  readonly resumed: boolean;
  readonly clientVerified: boolean | null;
  private readonly socket: TlsSocket;
  private certificate: X509Certificate | null | undefined;

  /** @param problem of the client's certificate; '' for none, null when it was not asked for one */
  constructor(socket: TlsSocket, problem: string | null) {
    // Not in the types: what the other end asked for stands on sockets of the server's side too.
    const { servername, alpnProtocol } = socket as { servername?: unknown; alpnProtocol?: unknown };
    this.socket = socket;
    this.version = socket.getProtocol() ?? '';
    this.cipher = socket.getCipher().name;
    this.sni = typeof servername === 'string' ? servername.toLowerCase() : '';
    this.alpn = typeof alpnProtocol === 'string' ? alpnProtocol : '';
    this.resumed = socket.isSessionReused();
    this.clientVerified = problem === null || nothing.includes(problem) ? null : problem === '';
    if (this.clientVerified === null) this.certificate = null;
  }

  get clientCertificate(): X509Certificate | null {
    return (this.certificate ??= this.socket.getPeerX509Certificate() ?? null);
  }
}
