import type { X509Certificate } from 'node:crypto';
import type { ClientCertificates, Listen } from '../../settings/node-settings.ts';
import type { TlsDetails } from './arrival.ts';
import type { TlsSocket } from './tls-socket.ts';

/** What the handshake of a socket has agreed on. */
export class HandshakeDetails implements TlsDetails {
  readonly version: string;
  readonly cipher: string;
  readonly sni: string;
  readonly alpn: string;
  readonly resumed: boolean;
  readonly listen: Listen;
  readonly clientAsked: ClientCertificates;
  readonly clientWasAsked: boolean;
  readonly clientCertificate: X509Certificate | null;
  /** Why the certificate is not to be trusted; '' when it is, or when there is none. */
  readonly clientProblem: string;

  /**
   * @param listen where the client came in
   * @param sni that it named
   * @param asked whether the node asked it for a certificate
   * @param forPlugins whether it was asked because plugins want to know
   */
  constructor(
    socket: TlsSocket,
    listen: Listen,
    sni: string,
    asked: ClientCertificates,
    forPlugins: boolean,
  ) {
    // Not in the types: what was agreed on stands on sockets of the server's side too.
    const { alpnProtocol } = socket as { alpnProtocol?: unknown };
    this.version = socket.getProtocol() ?? '';
    this.cipher = socket.getCipher().name;
    this.sni = sni;
    this.alpn = typeof alpnProtocol === 'string' ? alpnProtocol : '';
    this.resumed = socket.isSessionReused();
    this.listen = listen;
    this.clientAsked = asked;
    this.clientWasAsked = forPlugins || asked !== 'off';
    // Now, since what is logged of it is written when the socket may be gone.
    this.clientCertificate = this.clientWasAsked ? (socket.getPeerX509Certificate() ?? null) : null;
    this.clientProblem = this.clientCertificate === null ? '' : socket.clientProblem;
  }

  get clientVerified(): boolean | null {
    return this.clientCertificate === null ? null : this.clientProblem === '';
  }
}

/** The server that the client asked for, in lower case; empty when it named none. */
export function serverNameOf(socket: TlsSocket): string {
  const { servername } = socket as { servername?: unknown };
  return typeof servername === 'string' ? servername.toLowerCase() : '';
}
