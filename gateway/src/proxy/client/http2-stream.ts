import { ANSWERS } from '../answers.ts';
import type { Downstream } from '../downstream.ts';
import type { HttpExchange } from '../exchange/exchange.ts';
import type { MessageHead } from '../http1/message-head.ts';
import type { RequestHead } from '../http1/request-head.ts';
import {
  CANCEL,
  FLOW_CONTROL_ERROR,
  INTERNAL_ERROR,
  NO_ERROR,
  PROTOCOL_ERROR,
  rstStream,
  windowUpdate,
} from '../http2/frames.ts';
import { ReceiveWindow } from '../http2/receive-window.ts';
import { PieceList } from '../piece-list.ts';
import type { RequestBody } from '../request-body.ts';
import type { Timed } from '../timer-wheel.ts';
import type { Http2Connection } from './http2-connection.ts';
import { Http2StreamPeer } from './http2-stream-peer.ts';
import { Http2StreamOutput } from './http2-stream-output.ts';

/** One request and its response on a connection of HTTP/2. */
export class Http2Stream extends Http2StreamPeer implements Downstream, Timed {
  deadline = 0;
  wheelSlot = -1;
  readonly id: number;
  readonly out: Http2StreamOutput;
  exchange: HttpExchange | null = null;
  /** The client may still send something of the request. */
  receiving: boolean;
  /** The head was no request of HTTP/2: there is no response, only an error. */
  malformed = false;
  closed = false;
  private head: RequestHead | null = null;
  private body: RequestBody | null = null;
  /** Bytes of the body that the client may still send. */
  private readonly window: ReceiveWindow;
  private paused = false;
  /** What arrived while nobody took it; null for nothing. */
  private waiting: PieceList | null = null;
  private trailers: MessageHead | null = null;
  /** All of the request arrived; the end of it may still wait behind what nobody took. */
  private complete = false;
  private received = 0;
  private continueSent = false;

  constructor(connection: Http2Connection, id: number, receiving: boolean) {
    super(connection);
    this.receiving = receiving;
    this.id = id;
    this.window = new ReceiveWindow(connection.http2.streamWindow);
    this.out = new Http2StreamOutput(this, connection);
  }

  /** The client has something to send that it may send: while it does, the deadline is that of the body. */
  get awaitsBody(): boolean {
    return this.receiving && !this.paused;
  }

  // What arrives

  /** The request's head is complete. @param body null when there is none */
  begin(exchange: HttpExchange, head: RequestHead, body: RequestBody | null): void {
    this.exchange = exchange;
    this.head = head;
    this.body = body;
    if (!this.receiving) {
      this.complete = true;
      this.endRequest();
    } else if (!head.expectContinue) this.connection.awaitBody(this);
  }

  /**
   * Bytes of the body; only valid during the call.
   *
   * @param length bytes of the frame that count for flow control, padding included
   */
  receive(chunk: Uint8Array, length: number): void {
    if (!this.window.debit(length)) {
      this.connection.credit(length);
      this.connection.streams.breachOf(this, FLOW_CONTROL_ERROR);
      return;
    }
    // Padding is nobody's to take.
    this.credit(length - chunk.length);
    if (chunk.length === 0) return;
    const { body, exchange } = this;
    this.received += chunk.length;
    if (body === null || exchange === null) this.connection.credit(chunk.length);
    else if (body.announced !== -1 && this.received > body.announced) {
      this.connection.credit(chunk.length);
      this.breakBody();
    } else if (this.paused) (this.waiting ??= new PieceList()).add(chunk);
    else this.deliver(body, chunk);
  }

  /** The request is complete. @param trailers null for none */
  end(trailers: MessageHead | null): void {
    this.receiving = false;
    this.connection.wheel.disarm(this);
    const { body, exchange } = this;
    if (body === null || exchange === null) {
      this.closeIfDone();
      return;
    }
    if (body.announced !== -1 && this.received !== body.announced) {
      this.breakBody();
      return;
    }
    this.complete = true;
    this.trailers = trailers;
    if (!this.paused) this.endRequest();
    this.out.awaitTaking();
  }

  /** What came of the body, or behind it, breaks the rules. */
  breakBody(): void {
    const { exchange } = this;
    this.malformed = true;
    if (exchange !== null) this.connection.lifecycle.refuseBody(exchange, ANSWERS.bad_request);
    this.connection.streams.breachOf(this, PROTOCOL_ERROR);
  }

  private deliver(body: RequestBody, chunk: Uint8Array): void {
    const limit = this.connection.limits.body;
    if (limit > 0 && body.received + chunk.length > limit) {
      this.connection.credit(chunk.length);
      this.connection.lifecycle.refuseBody(this.exchange!, ANSWERS.body_too_large);
      return;
    }
    if (this.receiving) this.connection.awaitBody(this);
    if (!body.push(chunk)) this.pauseBody();
    this.credit(chunk.length);
  }

  private endRequest(): void {
    const { body } = this;
    this.body = null;
    body?.end(this.trailers);
  }

  /** So many bytes are no longer held: the client may send as many again. */
  private credit(bytes: number): void {
    this.connection.credit(bytes);
    this.window.credit(bytes);
    this.widen();
  }

  /** Tells the client what was taken, once that is worth a frame. */
  private widen(): void {
    if (this.paused || !this.receiving || this.closed) return;
    const more = this.window.open();
    if (more > 0) this.connection.output.frames(windowUpdate(this.id, more));
  }

  pauseBody(): void {
    if (this.paused) return;
    this.paused = true;
    if (!this.receiving) return;
    this.connection.wheel.disarm(this);
    this.out.awaitTaking();
  }

  resumeBody(): void {
    if (!this.paused || this.closed) return;
    this.paused = false;
    if (this.receiving) this.connection.awaitBody(this);
    while (!this.paused && this.body !== null) {
      const chunk = this.waiting?.shift();
      if (chunk === undefined) break;
      this.deliver(this.body, chunk);
    }
    if (this.paused) return;
    if (this.complete) this.endRequest();
    else this.widen();
  }

  // What is sent

  sendContinue(): void {
    if (this.continueSent || this.closed || !this.receiving) return;
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
    if (this.malformed) {
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
    this.dropBody();
    this.closeIfDone();
  }

  // The end

  /** The response is on its way to its last byte. */
  closeIfDone(): void {
    if (this.closed || this.exchange !== null || !this.out.finished) return;
    // What is left of the request is of no use any more: RFC 9113 section 8.1.
    this.connection.guard.completed();
    if (this.receiving) this.reset(NO_ERROR);
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
    this.dropBody();
    const { exchange } = this;
    this.exchange = null;
    this.connection.streams.closed(this);
    if (exchange !== null) this.connection.lifecycle.clientGone(exchange);
  }

  onDeadline(): void {
    const { exchange } = this;
    if (this.awaitsBody && exchange !== null) {
      this.connection.lifecycle.refuseBody(exchange, ANSWERS.request_timeout);
    } else if (this.out.waits) this.reset(CANCEL);
  }

  private dropBody(): void {
    this.body = null;
    for (const chunk of this.waiting?.pieces ?? []) this.connection.credit(chunk.length);
    this.waiting = null;
  }
}
