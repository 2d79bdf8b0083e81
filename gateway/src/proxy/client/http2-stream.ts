import { ANSWERS } from '../answers.ts';
import type { Downstream } from '../downstream.ts';
import type { HttpExchange } from '../exchange/exchange.ts';
import type { RequestHead } from '../http1/request-head.ts';
import { CANCEL, INTERNAL_ERROR, NO_ERROR, PROTOCOL_ERROR, rstStream } from '../http2/frames.ts';
import type { RequestBody } from '../request-body.ts';
import type { Timed } from '../timer-wheel.ts';
import type { Http2Connection } from './http2-connection.ts';
import { Http2StreamInput } from './http2-stream-input.ts';
import { Http2StreamPeer } from './http2-stream-peer.ts';
import { Http2StreamOutput } from './http2-stream-output.ts';

/** One request and its response on a connection of HTTP/2. */
export class Http2Stream extends Http2StreamPeer implements Downstream, Timed {
  deadline = 0;
  wheelSlot = -1;
  readonly id: number;
  readonly in: Http2StreamInput;
  readonly out: Http2StreamOutput;
  exchange: HttpExchange | null = null;
  closed = false;
  private head: RequestHead | null = null;
  private continueSent = false;

  constructor(connection: Http2Connection, id: number, receiving: boolean) {
    super(connection);
    this.id = id;
    this.in = new Http2StreamInput(this, connection, receiving);
    this.out = new Http2StreamOutput(this, connection);
  }

  // What arrives

  /** The request's head is complete. @param body null when there is none */
  begin(exchange: HttpExchange, head: RequestHead, body: RequestBody | null): void {
    this.exchange = exchange;
    this.head = head;
    this.in.begin(exchange, body);
  }

  pauseBody(): void {
    this.in.pause();
  }

  resumeBody(): void {
    this.in.resume();
  }

  // What is sent

  sendContinue(): void {
    if (this.continueSent || this.closed || !this.in.receiving) return;
    this.continueSent = true;
    this.connection.awaitBody(this);
    this.out.interim(100, '');
  }

  sendInterim(status: number, _reason: string, lines: string): void {
    if (!this.closed) this.out.interim(status, lines);
  }

  sendHead(
    exchange: HttpExchange,
    status: number,
    _reason: string,
    lines: string,
    length: number,
    body: Uint8Array | string | null,
    last: boolean,
  ): void {
    if (this.closed) return;
    if (this.in.malformed) {
      this.exchange = null;
      this.connection.streams.breachOf(this, PROTOCOL_ERROR);
    } else this.out.head(exchange, status, lines, length, body, last);
  }

  sendBody(chunk: Uint8Array): boolean {
    return this.closed || this.out.body(chunk);
  }

  endBody(trailers: string): void {
    if (!this.closed) this.out.end(trailers);
  }

  abort(): void {
    this.exchange = null;
    this.reset(INTERNAL_ERROR);
  }

  /** There are no tunnels here: a request cannot ask for one. */
  startTunnel(): void {
    this.abort();
  }

  sendRaw(): boolean {
    return true;
  }

  exchangeDone(exchange: HttpExchange): void {
    if (this.head !== null) this.connection.streams.recycle(this.head);
    this.head = null;
    if (this.exchange !== exchange) return;
    this.exchange = null;
    this.in.drop();
    this.closeIfDone();
  }

  // The end

  /** The response is on its way to its last byte. */
  closeIfDone(): void {
    if (this.closed || this.exchange !== null || !this.out.finished) return;
    // What is left of the request is of no use any more: RFC 9113 section 8.1.
    this.connection.guard.completed();
    if (this.in.receiving) this.reset(NO_ERROR);
    else this.close();
  }

  /** Ends the stream, and with it an exchange that is under way, at once. */
  reset(code: number): void {
    if (this.closed) return;
    this.connection.output.frames(rstStream(this.id, code));
    this.connection.streams.wasReset(this.id);
    this.close();
  }

  /** The stream is over, for the client too. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.connection.wheel.release(this);
    this.out.discard();
    this.in.drop();
    const { exchange } = this;
    this.exchange = null;
    this.connection.streams.closed(this);
    if (exchange !== null) this.connection.lifecycle.clientGone(exchange);
  }

  onDeadline(): void {
    const { exchange } = this;
    if (this.in.awaitsBody && exchange !== null) {
      this.connection.lifecycle.refuseBody(exchange, ANSWERS.request_timeout);
    } else if (this.out.waits) this.reset(CANCEL);
  }
}
