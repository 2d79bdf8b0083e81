import { ANSWERS } from '../answers.ts';
import type { HttpExchange } from '../exchange/exchange.ts';
import { BodyReader } from '../http1/body-reader.ts';
import { INCOMPLETE, type RequestHead } from '../http1/request-head.ts';
import { isHttp2 } from '../http2/preface.ts';
import type { Arrival } from '../net/arrival.ts';
import { RequestBody } from '../request-body.ts';
import type { ProxyThread } from '../thread.ts';
import { ClientSocket } from './client-socket.ts';
import { BODY, CLOSED, HEAD, LINGER, TUNNEL, WAIT } from './connection-state.ts';
import { Http2Connection } from './http2-connection.ts';

/** Bytes that may arrive behind a request before it is answered. */
const MOST_PIPELINED = 64 * 1024;

/**
 * Reads requests of HTTP/1.1 from a client, one after another: RFC 9112. How they are answered is the
 * business of the connection.
 */
export abstract class RequestReader extends ClientSocket {
  requests = 0;

  /** The one that is being read or answered. */
  protected exchange: HttpExchange | null = null;
  /** Parses this connection's heads, which are often the same; made by the first byte. */
  protected head: RequestHead | null = null;
  protected requestBody: RequestBody | null = null;
  protected readonly reader = new BodyReader();
  /** Bytes that arrived and wait: the beginning of a head, or pipelined requests. */
  protected buffered: Buffer | null = null;
  /** When the first byte of the head that is arriving came, -1 before it. */
  protected headBegin = -1;
  protected headBytes = 0;
  private readonly acceptsHttp2: boolean;
  private processing = false;
  /** Where `begin` left off in the buffer. */
  private nextPosition = 0;

  /** @param acceptsHttp2 whether HTTP/2 may begin without having been negotiated */
  constructor(thread: ProxyThread, arrival: Arrival, acceptsHttp2: boolean) {
    super(thread, arrival);
    this.acceptsHttp2 = acceptsHttp2;
  }

  /** A request's head has arrived. @param begin when its first byte did, ms */
  protected abstract makeExchange(
    head: RequestHead,
    body: RequestBody | null,
    begin: number,
  ): HttpExchange;
  /** Nothing is under way: the next request may come, if there is to be one. */
  protected abstract rest(): void;

  protected override receive(buffer: Buffer, length: number): boolean {
    if (this.exchange !== null) this.exchange.bytesIn += length;
    if (this.buffered === null) this.process(buffer, 0, length);
    else {
      const whole = Buffer.concat([this.buffered, buffer.subarray(0, length)]);
      this.buffered = null;
      this.process(whole, 0, whole.length);
    }
    return !this.paused;
  }

  /** Works through bytes; those that cannot be used yet are kept. */
  private process(buffer: Buffer, from: number, end: number): void {
    let position = from;
    this.processing = true;
    while (position < end) {
      const before = position;
      position = this.step(buffer, position, end);
      if (position === before) break;
    }
    this.processing = false;
    if (position >= end) return;
    this.buffered = Buffer.from(buffer.subarray(position, end));
    if (this.state === WAIT && this.buffered.length > MOST_PIPELINED) this.pauseBody();
  }

  private step(buffer: Buffer, position: number, end: number): number {
    switch (this.state) {
      case HEAD:
        return this.readHead(buffer, position, end);
      case BODY:
        return this.readBody(buffer, position, end);
      case WAIT:
        return position;
      case TUNNEL:
        this.exchange!.tunnel!.fromClient(buffer.subarray(position, end));
        return end;
      case LINGER:
        this.discard(end - position);
        return end;
      default:
        return end;
    }
  }

  private readHead(buffer: Buffer, from: number, end: number): number {
    if (this.headBegin === -1 && this.socket.isBehind) {
      // Who does not take responses gets no further ones: they would pile up here.
      this.pauseReading();
      return from;
    }
    let position = from;
    // Some clients send an empty line behind a body: RFC 9112 section 2.2.
    while (position < end && buffer[position] === 13) {
      // Half of one: only the next byte can tell.
      if (position + 1 === end) return position;
      if (buffer[position + 1] !== 10) break;
      position += 2;
    }
    if (position === end) return end;
    const { settings } = this.thread;
    const now = this.thread.now();
    if (this.headBegin === -1) this.headBegin = now;
    const head = (this.head ??= this.thread.heads.take());
    const longest = settings.limits.head + settings.limits.requestLine;
    const most = Math.min(end, position + longest + 1);
    const outcome = head.parse(buffer, position, most, settings.limits);
    if (outcome === INCOMPLETE) {
      if (this.deadline === 0 || this.headBytes === 0) {
        this.thread.wheel.arm(this, this.headBegin, settings.timeouts.head);
      }
      this.headBytes = end - position;
      return position;
    }
    this.thread.wheel.disarm(this);
    if (outcome !== 0) {
      if (this.acceptsHttp2 && this.requests === 0 && isHttp2(buffer, position, end)) {
        this.becomeHttp2(Buffer.from(buffer.subarray(position, end)));
      } else this.refuse(head, outcome, end - position);
      return end;
    }
    this.begin(head, buffer, position + head.end, end);
    return this.nextPosition;
  }

  /** The client began with the preface of HTTP/2. @param rest it, and what came with it */
  private becomeHttp2(rest: Buffer): void {
    const { thread, serial } = this;
    thread.connectionBecame(this, new Http2Connection(thread, this.handOver(rest), serial));
  }

  private begin(head: RequestHead, buffer: Buffer, bodyStart: number, end: number): void {
    const hasBody = head.chunked || head.contentLength > 0;
    const body = hasBody || head.contentLength === 0 ? new RequestBody(head.contentLength) : null;
    const exchange = this.startExchange(head, body);
    exchange.bytesIn = head.end;
    this.nextPosition = bodyStart;
    if (hasBody) {
      this.state = BODY;
      if (head.chunked) this.reader.beginChunked();
      else this.reader.beginLength(head.contentLength);
      const { body: limit } = this.thread.settings.limits;
      if (limit > 0 && head.contentLength > limit) {
        this.thread.lifecycle.refuseBody(exchange, ANSWERS.body_too_large);
        return;
      }
      exchange.bytesIn += end - bodyStart;
      let position = bodyStart;
      while (position < end && this.state === BODY) position = this.readBody(buffer, position, end);
      exchange.bytesIn -= end - position;
      this.nextPosition = position;
      if (this.exchange !== exchange) return;
      if (this.state === BODY && this.deadline === 0 && !this.paused && !head.expectContinue) {
        this.thread.wheel.arm(this, this.thread.time, this.thread.settings.timeouts.body);
      }
    } else {
      body?.end(null);
      this.state = WAIT;
    }
    this.thread.lifecycle.start(exchange);
  }

  private startExchange(head: RequestHead, body: RequestBody | null): HttpExchange {
    const begin = this.headBegin === -1 ? this.thread.now() : this.headBegin;
    this.headBegin = -1;
    this.headBytes = 0;
    this.requests++;
    this.thread.inFlight++;
    this.requestBody = body;
    return (this.exchange = this.makeExchange(head, body, begin));
  }

  /** Answers a head that cannot be taken for a request, and closes. */
  protected refuse(head: RequestHead, status: number, bytes: number): void {
    const exchange = this.startExchange(head, null);
    exchange.bytesIn = bytes;
    this.state = WAIT;
    this.thread.lifecycle.refuse(exchange, status);
  }

  private readBody(buffer: Buffer, position: number, end: number): number {
    const { reader } = this;
    const next = reader.next(buffer, position, end);
    if (next === -1) {
      this.brokenBody();
      return end;
    }
    if (reader.dataEnd > reader.dataStart) {
      this.deliver(buffer.subarray(reader.dataStart, reader.dataEnd));
    }
    if (reader.done && this.state === BODY) this.endRequest();
    return next;
  }

  private deliver(chunk: Uint8Array): void {
    const exchange = this.exchange;
    const body = this.requestBody;
    // The response ended before the request: the rest is only read to get past it.
    if (exchange === null || body === null) return;
    const limit = this.thread.settings.limits.body;
    if (limit > 0 && body.received + chunk.length > limit) {
      this.thread.lifecycle.refuseBody(exchange, ANSWERS.body_too_large);
      return;
    }
    this.thread.wheel.arm(this, this.thread.now(), this.thread.settings.timeouts.body);
    if (!body.push(chunk)) this.pauseBody();
  }

  private endRequest(): void {
    this.thread.wheel.disarm(this);
    const body = this.requestBody;
    const { trailers } = this.reader;
    this.requestBody = null;
    this.state = this.exchange === null ? HEAD : WAIT;
    if (this.state === HEAD) this.rest();
    else if (this.socket.isBehind) this.awaitTaking();
    body?.end(trailers);
  }

  private brokenBody(): void {
    const exchange = this.exchange;
    if (exchange === null) this.close();
    else this.thread.lifecycle.refuseBody(exchange, ANSWERS.bad_request);
  }

  pauseBody(): void {
    if (this.paused) return;
    this.thread.wheel.disarm(this);
    this.pauseReading();
  }

  resumeBody(): void {
    if (!this.paused || this.state === CLOSED) return;
    this.paused = false;
    if (this.state === BODY) {
      this.thread.wheel.arm(this, this.thread.time, this.thread.settings.timeouts.body);
    }
    this.socket.resume();
  }

  /** Goes on with what has waited. */
  protected releaseBuffered(): void {
    if (this.processing || this.buffered === null) return;
    const waiting = this.buffered;
    this.buffered = null;
    this.process(waiting, 0, waiting.length);
  }

  /** No further request is read, and the last one is over. */
  protected giveBackHead(): void {
    if (this.head === null) return;
    this.thread.heads.giveBack(this.head);
    this.head = null;
  }

  protected override close(): void {
    this.buffered = null;
    this.requestBody = null;
    super.close();
  }
}
