import type { X509Certificate } from 'node:crypto';
import type { ClientCertificates, Listen } from '../../settings/node-settings.ts';
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
  readonly listen: Listen;
  readonly clientAsked: ClientCertificates;
  readonly clientVerified: boolean | null;
  private readonly socket: TlsSocket;
  private certificate: X509Certificate | null | undefined;

  /**
   * @param listen where the client came in
   * @param sni that it named
   * @param asked whether it was asked for a certificate
   */
  constructor(socket: TlsSocket, listen: Listen, sni: string, asked: ClientCertificates) {
    // Not in the types: what was agreed on stands on sockets of the server's side too.
    const { alpnProtocol } = socket as { alpnProtocol?: unknown };
    this.socket = socket;
    this.version = socket.getProtocol() ?? '';
    this.cipher = socket.getCipher().name;
    this.sni = sni;
    this.alpn = typeof alpnProtocol === 'string' ? alpnProtocol : '';
    this.resumed = socket.isSessionReused();
    const problem = asked === 'off' ? null : socket.clientProblem;
    this.listen = listen;
    this.clientAsked = asked;
    this.clientVerified = problem === null || nothing.includes(problem) ? null : problem === '';
    if (this.clientVerified === null) this.certificate = null;
  }

  get clientCertificate(): X509Certificate | null {
    return (this.certificate ??= this.socket.getPeerX509Certificate() ?? null);
  }
}

/** The server that the client asked for, in lower case; empty when it named none. */
export function serverNameOf(socket: TlsSocket): string {
  const { servername } = socket as { servername?: unknown };
  return typeof servername === 'string' ? servername.toLowerCase() : '';
}
