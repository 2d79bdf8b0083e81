import { ANSWERS } from '../answers.ts';
import type { HttpExchange } from '../exchange/exchange.ts';
import type { MessageHead } from '../http1/message-head.ts';
import { FLOW_CONTROL_ERROR, PROTOCOL_ERROR, windowUpdate } from '../http2/frames.ts';
import { ReceiveWindow } from '../http2/receive-window.ts';
import { PieceList } from '../piece-list.ts';
import type { RequestBody } from '../request-body.ts';
import type { Http2Connection } from './http2-connection.ts';
import type { Http2Stream } from './http2-stream.ts';

/**
 * What one stream receives behind the head: a body as fast as it is taken, and what ends it.
 *
 * A request whose body differs from its `content-length` is malformed and must not be passed on (RFC
 * 9113 section 8.1.1). Whether it differs is known once the client has ended its stream: until then
 * what would make the request whole upstream is held back, be it the last piece of the body or, for a
 * body of no bytes, the head.
 */
export class Http2StreamInput {
  /** The client may still send something of the request. */
  receiving: boolean;
  /** The request breaks the rules: there is no response, only an error. */
  malformed = false;
  private readonly stream: Http2Stream;
  private readonly connection: Http2Connection;
  private exchange: HttpExchange | null = null;
  private body: RequestBody | null = null;
  /** Bytes of the body that the client may still send. */
  private readonly window: ReceiveWindow;
  private paused = false;
  /** What arrived while nobody took it; null for nothing. */
  private waiting: PieceList | null = null;
  /** The piece that made the announced length full; null for none. */
  private lastPiece: Buffer | null = null;
  private trailers: MessageHead | null = null;
  /** All of the request arrived; the end of it may still wait behind what nobody took. */
  private complete = false;
  private received = 0;

  constructor(stream: Http2Stream, connection: Http2Connection, receiving: boolean) {
    this.stream = stream;
    this.connection = connection;
    this.receiving = receiving;
    this.window = new ReceiveWindow(connection.http2.streamWindow);
  }

  /** The client has something to send that it may send: while it does, the deadline is that of the body. */
  get awaitsBody(): boolean {
    return this.receiving && !this.paused;
  }

  /** The request may not begin before the client has ended its stream. */
  get holdsHead(): boolean {
    return this.receiving && this.body !== null && this.body.announced === 0;
  }

  /** The request's head is complete. @param body null when there is none */
  begin(exchange: HttpExchange, body: RequestBody | null): void {
    this.exchange = exchange;
    this.body = body;
    if (!this.receiving) {
      this.complete = true;
      this.endRequest();
    } else if (!exchange.head.expectContinue || this.holdsHead) this.awaitMore();
  }

  /**
   * Bytes of the body; only valid during the call.
   *
   * @param length bytes of the frame that count for flow control, padding included
   * @param last whether the frame ends the stream
   */
  receive(chunk: Uint8Array, length: number, last: boolean): void {
    if (!this.window.debit(length)) {
      this.connection.credit(length);
      this.connection.streams.breachOf(this.stream, FLOW_CONTROL_ERROR);
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
    } else if (!last && this.received === body.announced) {
      this.lastPiece = Buffer.from(chunk);
      this.awaitMore();
    } else this.take(body, chunk);
  }

  /** The request is complete. @param trailers null for none */
  end(trailers: MessageHead | null): void {
    const held = this.holdsHead;
    this.receiving = false;
    this.connection.wheel.disarm(this.stream);
    const { body, exchange, lastPiece } = this;
    if (body === null || exchange === null) {
      this.stream.closeIfDone();
      return;
    }
    if (body.announced !== -1 && this.received !== body.announced) {
      this.breakBody();
      return;
    }
    this.lastPiece = null;
    if (lastPiece !== null) this.take(body, lastPiece);
    this.complete = true;
    this.trailers = trailers;
    if (!this.paused) this.endRequest();
    this.stream.out.awaitTaking();
    if (held) this.connection.streams.startLater(exchange);
  }

  /** What came of the body, or behind it, breaks the rules. */
  breakBody(): void {
    const { exchange } = this;
    this.malformed = true;
    if (exchange !== null) this.connection.lifecycle.refuseBody(exchange, ANSWERS.bad_request);
    this.connection.streams.breachOf(this.stream, PROTOCOL_ERROR);
  }

  private take(body: RequestBody, chunk: Uint8Array): void {
    if (this.paused) (this.waiting ??= new PieceList()).add(chunk);
    else this.deliver(body, chunk);
  }

  private deliver(body: RequestBody, chunk: Uint8Array): void {
    const limit = this.connection.limits.body;
    if (limit > 0 && body.received + chunk.length > limit) {
      this.connection.credit(chunk.length);
      this.connection.lifecycle.refuseBody(this.exchange!, ANSWERS.body_too_large);
      return;
    }
    if (this.receiving) this.awaitMore();
    if (!body.push(chunk)) this.pause();
    this.credit(chunk.length);
  }

  private endRequest(): void {
    const { body } = this;
    this.body = null;
    body?.end(this.trailers);
  }

  private awaitMore(): void {
    this.connection.awaitBody(this.stream);
  }

  /** So many bytes are no longer held: the client may send as many again. */
  private credit(bytes: number): void {
    this.connection.credit(bytes);
    this.window.credit(bytes);
    this.widen();
  }

  /** Tells the client what was taken, once that is worth a frame. */
  private widen(): void {
    const { stream } = this;
    if (this.paused || !this.receiving || stream.closed) return;
    const more = this.window.open();
    if (more > 0) this.connection.output.frames(windowUpdate(stream.id, more));
  }

  pause(): void {
    if (this.paused) return;
    this.paused = true;
    if (!this.receiving) return;
    this.connection.wheel.disarm(this.stream);
    this.stream.out.awaitTaking();
  }

  resume(): void {
    if (!this.paused || this.stream.closed) return;
    this.paused = false;
    if (this.receiving) this.awaitMore();
    while (!this.paused && this.body !== null) {
      const chunk = this.waiting?.shift();
      if (chunk === undefined) break;
      this.deliver(this.body, chunk);
    }
    if (this.paused) return;
    if (this.complete) this.endRequest();
    else this.widen();
  }

  /** Nobody takes anything any more. */
  drop(): void {
    this.exchange = null;
    this.body = null;
    for (const chunk of this.waiting?.pieces ?? []) this.connection.credit(chunk.length);
    this.waiting = null;
    if (this.lastPiece !== null) this.connection.credit(this.lastPiece.length);
    this.lastPiece = null;
  }
}
