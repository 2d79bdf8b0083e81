import { ANSWERS } from '../answers.ts';
import type { Downstream } from '../downstream.ts';
import { HttpExchange } from '../exchange.ts';
import type { Arrival } from '../net/arrival.ts';
import { RequestBody } from '../request-body.ts';
import type { ProxyThread } from '../thread.ts';
import { BodyReader } from '../http1/body-reader.ts';
import { INCOMPLETE, RequestHead } from '../http1/request-head.ts';
import { isHttp2 } from '../http2/preface.ts';
import { ClientSocket } from './client-socket.ts';
import { Http2Connection } from './http2-connection.ts';
import { BODY, CLOSED, HEAD, LINGER, TUNNEL, WAIT } from './connection-state.ts';
import { ResponseWriter } from './response-writer.ts';

/** Bytes that may arrive behind a request before it is answered. */
const MOST_PIPELINED = 64 * 1024;
/** Rest of a body that is read and thrown away, so that the connection can be used again. */
const MOST_DISCARDED = 64 * 1024;
/** One client connection speaking HTTP/1.1: RFC 9112, requests one after another. */
export class ClientConnection extends ClientSocket implements Downstream {
  readonly http2 = false;
  requests = 0;

  private readonly acceptsHttp2: boolean;
  private readonly writer: ResponseWriter;
  private exchange: HttpExchange | null = null;
  /** Parses this connection's heads, which are often the same; made by the first byte. */
  private head: RequestHead | null = null;
  private requestBody: RequestBody | null = null;
  private readonly reader = new BodyReader();
  /** Bytes that arrived and wait: the beginning of a head, or pipelined requests. */
  private buffered: Buffer | null = null;
  /** When the first byte of the head that is arriving came, -1 before it. */
  private headBegin = -1;
  private headBytes = 0;
  private processing = false;
  private continueSent = false;

  /** @param acceptsHttp2 whether HTTP/2 may begin without having been negotiated */
  constructor(thread: ProxyThread, arrival: Arrival, acceptsHttp2: boolean) {
    super(thread, arrival);
    this.acceptsHttp2 = acceptsHttp2;
    this.writer = new ResponseWriter(this.socket, thread.copies);
    this.state = HEAD;
    this.open(arrival.rest);
  }

  // What arrives

  override onRead(length: number): boolean {
    const buffer = this.thread.buffer;
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
    const head = (this.head ??= new RequestHead());
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

  /** Where `begin` left off in the buffer. */
  private nextPosition = 0;

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
    this.continueSent = false;
    this.requests++;
    this.thread.inFlight++;
    this.requestBody = body;
    const exchange = new HttpExchange(this.thread, this, this.thread.plan, head, body, begin);
    this.exchange = exchange;
    return exchange;
  }

  /** Answers a head that cannot be taken for a request, and closes. */
  private refuse(head: RequestHead, status: number, bytes: number): void {
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

  // What is sent

  sendContinue(): void {
    if (this.continueSent) return;
    this.continueSent = true;
    if (this.state === BODY) {
      this.thread.wheel.arm(this, this.thread.now(), this.thread.settings.timeouts.body);
    }
    this.socket.writeText('HTTP/1.1 100 Continue\r\n\r\n');
  }

  sendInterim(status: number, reason: string, lines: string): void {
    if (this.exchange!.head.minor === 0) return;
    this.socket.writeText(`HTTP/1.1 ${status} ${reason}\r\n${lines}\r\n`);
  }

  sendHead(
    exchange: HttpExchange,
    status: number,
    reason: string,
    lines: string,
    length: number,
    body: Uint8Array | string | null,
    last: boolean,
  ): void {
    const reusable =
      exchange.head.keepAlive && !exchange.closing && !this.thread.draining && this.canSkipRest();
    this.writer.begin(exchange, status, reason, lines, length, reusable, body, last);
  }

  /** Whether what is left of the request is little enough to be read past. */
  private canSkipRest(): boolean {
    if (this.state !== BODY) return true;
    if (this.exchange!.head.expectContinue && !this.continueSent) return false;
    return !this.reader.chunked && this.reader.remaining <= MOST_DISCARDED;
  }

  sendBody(chunk: Uint8Array): boolean {
    const more = this.writer.write(chunk);
    if (!more) this.awaitTaking();
    return more;
  }

  endBody(trailers: string): void {
    this.writer.end(trailers);
  }

  abort(): void {
    this.exchange = null;
    this.requestBody = null;
    if (this.writer.endsWithConnection) {
      // An orderly end would be the end of the body, so only a reset shows that it is not all.
      this.socket.resetAndDestroy();
      return;
    }
    // What was written still goes out; the missing rest shows that it is not all.
    this.linger();
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

  startTunnel(): void {
    this.state = TUNNEL;
    this.releaseBuffered();
  }

  sendRaw(chunk: Uint8Array): boolean {
    const more = this.thread.copies.write(this.socket, chunk);
    if (!more) this.awaitTaking();
    return more;
  }

  /** The exchange is over: on to the next request, or to the end of the connection. */
  exchangeDone(exchange: HttpExchange): void {
    if (this.exchange !== exchange && this.state !== CLOSED) return;
    this.exchange = null;
    if (this.state === CLOSED) return;
    if (!this.writer.reusable || this.state === TUNNEL) {
      this.lastResponseSent();
      return;
    }
    if (this.paused) this.resumeBody();
    if (this.state === BODY) {
      this.requestBody = null;
      this.thread.wheel.arm(this, this.thread.time, this.thread.settings.timeouts.body);
    }
    if (this.state !== WAIT) return;
    this.state = HEAD;
    this.rest();
    this.releaseBuffered();
  }

  private rest(): void {
    if (this.thread.draining) {
      this.lastResponseSent();
      return;
    }
    this.thread.wheel.arm(this, this.thread.time, this.thread.settings.timeouts.idle);
  }

  private lastResponseSent(): void {
    this.buffered = null;
    if (this.paused) this.resumeBody();
    this.linger();
  }

  private releaseBuffered(): void {
    if (this.processing || this.buffered === null) return;
    const waiting = this.buffered;
    this.buffered = null;
    this.process(waiting, 0, waiting.length);
  }

  // What happens to the connection

  override closeIfIdle(): void {
    if (this.state !== HEAD || this.exchange !== null || this.headBegin !== -1) return;
    if (this.socket.untaken === 0) this.close();
    else this.lastResponseSent();
  }

  override onDeadline(): void {
    const exchange = this.exchange;
    if (this.state === HEAD && this.headBegin !== -1) {
      const head = (this.head ??= new RequestHead());
      head.clear();
      this.refuse(head, 408, this.headBytes);
    } else if (this.state === BODY && exchange !== null) {
      this.thread.lifecycle.refuseBody(exchange, ANSWERS.request_timeout);
    } else if (!this.isTaking()) this.onGone();
  }

  override onDrain(): void {
    const { exchange } = this;
    if (exchange !== null) {
      if (this.state !== BODY) this.thread.wheel.disarm(this);
      this.thread.lifecycle.downstreamDrained(exchange);
    } else if (this.state === HEAD && this.paused) {
      this.resumeBody();
      this.releaseBuffered();
    }
  }

  override onGone(): void {
    const exchange = this.exchange;
    const tunnel = this.state === TUNNEL;
    this.exchange = null;
    this.close();
    if (exchange === null) return;
    if (tunnel) exchange.tunnel!.onEnd('client');
    else this.thread.lifecycle.clientGone(exchange);
  }

  protected override close(): void {
    this.buffered = null;
    this.requestBody = null;
    super.close();
  }
}
