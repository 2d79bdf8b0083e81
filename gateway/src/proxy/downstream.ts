import type { ConnectionInfo } from '../plugin/exchange.ts';
import type { HttpExchange } from './exchange/exchange.ts';
import type { UsualForwardedLines } from './forwarded.ts';
import type { TlsDetails } from './net/arrival.ts';

/**
 * The client's side of one exchange, whatever protocol it speaks. The exchange decides what to
 * say, the downstream how it is put on the wire.
 */
export interface Downstream extends ConnectionInfo {
  readonly peerIp: string;
  readonly peerPort: number;
  readonly scheme: 'http' | 'https';
  readonly sni: string;
  /** Null without TLS. */
  readonly tls: TlsDetails | null;
  /** The request came by HTTP/2. */
  readonly http2: boolean;
  /** The peer's forwarding fields are believed. */
  readonly trusted: boolean;
  /** What an upstream is told of requests when the peer is not believed and names nobody. */
  readonly usualForwardedLines: UsualForwardedLines;

  /** Asks the client for the body it announced with `Expect: 100-continue`. */
  sendContinue(): void;
  /** Passes an interim response on; `lines` are field lines, each ending in CRLF. */
  sendInterim(status: number, reason: string, lines: string): void;
  /**
   * Sends the final head, with the first bytes of the body where they are at hand.
   *
   * @param lines field lines of the response without framing, each ending in CRLF
   * @param length bytes of the body, or -1 when that is not known
   * @param body first bytes of the body, as such or as latin1; only valid during the call
   * @param last whether the body ends with these bytes
   */
  sendHead(
    exchange: HttpExchange,
    status: number,
    reason: string,
    lines: string,
    length: number,
    body: Uint8Array | string | null,
    last: boolean,
  ): void;
  /**
   * Sends more of the body; `chunk` is only valid during the call.
   *
   * @returns false when the client does not keep up: stop until `onDownstreamDrain`
   */
  sendBody(chunk: Uint8Array): boolean;
  /** Ends the body. `trailers` are field lines or empty. */
  endBody(trailers: string): void;
  /** Breaks the response off in a way that the client cannot take for its end. */
  abort(): void;
  /** Stops and resumes reading the request's body. */
  pauseBody(): void;
  resumeBody(): void;
  /** From now on bytes pass as they are. */
  startTunnel(): void;
  /** Bytes of a tunnel; valid during the call. @returns false when the client does not keep up */
  sendRaw(chunk: Uint8Array): boolean;
  /** The exchange is over and logged: its head can be used again. */
  exchangeDone(exchange: HttpExchange): void;
}
