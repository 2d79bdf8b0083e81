import type { UsualForwardedLines } from '../forwarded.ts';
import type { TlsDetails } from '../net/arrival.ts';
import type { Http2Connection } from './http2-connection.ts';

/** Who is at the other end of a stream: the client of its connection. */
export abstract class Http2StreamPeer {
  readonly http2 = true;
  protected readonly connection: Http2Connection;

  constructor(connection: Http2Connection) {
    this.connection = connection;
  }

  get tls(): TlsDetails | null {
    return this.connection.tls;
  }

  get scheme(): 'http' | 'https' {
    return this.connection.scheme;
  }

  get sni(): string {
    return this.connection.sni;
  }

  get peerIp(): string {
    return this.connection.peerIp;
  }

  get peerPort(): number {
    return this.connection.peerPort;
  }

  get trusted(): boolean {
    return this.connection.trusted;
  }

  get localAddress(): string {
    return this.connection.localAddress;
  }

  get localPort(): number {
    return this.connection.localPort;
  }

  get serial(): number {
    return this.connection.serial;
  }

  get requests(): number {
    return this.connection.requests;
  }

  get usualForwardedLines(): UsualForwardedLines {
    return this.connection.usualForwardedLines;
  }
}
