import type { TlsInfo } from '../../plugin/exchange.ts';
import type { ClientCertificates, Listen } from '../../settings/node-settings.ts';
import type { ClientWire } from '../socket/client-wire.ts';

/** Addresses that a proxy in front told of, in place of the socket's own. */
export interface ProxiedAddresses {
  readonly sourceIp: string;
  readonly sourcePort: number;
  readonly destinationIp: string;
  readonly destinationPort: number;
}

/** What a handshake agreed on. */
export interface TlsDetails extends TlsInfo {
  /** `h2` or `http/1.1`; empty when the client named none. */
  readonly alpn: string;
  readonly resumed: boolean;
  /** Where the client came in. */
  readonly listen: Listen;
  /** Whether the node itself asked it for a certificate, whatever plugins want. */
  readonly clientAsked: ClientCertificates;
}

/** A client that has come in: what was to be done before its first request is done. */
export interface Arrival<W extends ClientWire = ClientWire> {
  /** The port that it came to; 0 on a unix socket. */
  readonly localPort: number;
  /** Null when the socket knows who is at the other end. */
  readonly proxied: ProxiedAddresses | null;
  /** Null without TLS. */
  readonly tls: TlsDetails | null;
  /** Bytes that arrived already; null for none. */
  readonly rest: Buffer | null;
  /**
   * Makes the socket. To be called once; what arrives from then on goes to `onRead`.
   *
   * @param buffer in which what was read stands while `onRead` is called
   * @param onRead takes so many bytes, and returns false to read no more for now
   */
  open(buffer: Uint8Array, onRead: (length: number) => boolean): W;
}
