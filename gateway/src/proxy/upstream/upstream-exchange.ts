import type { HttpExchange } from '../exchange/exchange.ts';
import type { MessageHead } from '../http1/message-head.ts';
import type { ResponseHead } from '../http1/response-head.ts';
import type { BodySink } from '../request-body.ts';

/** Why an attempt ended without a usable response. */
export type UpstreamFailure =
  | 'connect'
  | 'closed'
  | 'timeout'
  /** The client itself said that it would not wait any longer. */
  | 'deadline'
  | 'invalid'
  /** No encrypted connection that can be trusted came about. */
  | 'tls'
  /** The upstream says that it has not looked at the request. */
  | 'refused';

/**
 * The upstream's side of one attempt, whatever protocol it speaks. It takes the request and tells the
 * lifecycle what comes back: `upstreamHead`, `upstreamData`, `upstreamSwitched` and
 * `upstreamFailed`. Once the response is complete, or the attempt has failed, it is no longer the
 * exchange's.
 */
export interface UpstreamExchange extends BodySink {
  /** The response's head, by the rules of HTTP/1.1; valid from `upstreamHead` to the exchange's end. */
  readonly head: ResponseHead;
  /** Fields behind the response's body, which has ended; null when there are none. */
  readonly trailers: MessageHead | null;
  /** The protocol that a 101 switches to. */
  readonly upgradeProtocol: string;
  /** The connection stands, so that the upstream may have seen something of the request. */
  readonly connected: boolean;
  /** Something of the response has arrived. */
  readonly answering: boolean;
  /** The connection served other requests before: that it is closed now says nothing of the upstream. */
  readonly reused: boolean;
  /** All of the request has been handed over. */
  readonly requestSent: boolean;

  /**
   * Sends a request's head, with what there is of its body.
   *
   * @param head request line and field lines, with the empty line behind them
   * @param beginning the body's first bytes
   * @param chunked whether the head announced chunks
   * @param complete whether that is all of the request
   * @param trailers what follows a complete chunked body
   */
  send(
    exchange: HttpExchange,
    head: string,
    beginning: readonly Uint8Array[],
    chunked: boolean,
    complete: boolean,
    trailers: MessageHead | null,
  ): void;
  /** Stops reading: the client does not keep up. */
  pause(): void;
  resume(): void;
  /** From now on bytes pass as they are. @param silence longest time without any, ms */
  startTunnel(silence: number): void;
  /** Bytes of a tunnel from the client. @returns false when the upstream does not keep up */
  writeTunnel(chunk: Uint8Array): boolean;
  /** The client is gone: what it sent still goes out, what comes back nobody wants. */
  endTunnel(): void;
  /** Ends the attempt and whatever it was doing, without telling the exchange. */
  destroy(): void;
}
