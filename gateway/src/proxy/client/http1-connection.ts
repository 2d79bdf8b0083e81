import { ANSWERS } from '../answers.ts';
import type { Downstream } from '../downstream.ts';
import { HttpExchange } from '../exchange/exchange.ts';
import type { RequestHead } from '../http1/request-head.ts';
import type { Arrival } from '../net/arrival.ts';
import type { RequestBody } from '../request-body.ts';
import type { ProxyThread } from '../thread.ts';
import { BODY, CLOSED, HEAD, TUNNEL, WAIT } from './connection-state.ts';
import { RequestReader } from './request-reader.ts';
import { ResponseWriter } from './response-writer.ts';

/** Rest of a body that is read and thrown away, so that the connection can be used again. */
const MOST_DISCARDED = 64 * 1024;

/** One client connection speaking HTTP/1.1: RFC 9112, requests one after another. */
export class ClientConnection extends RequestReader implements Downstream {
  readonly http2 = false;
  private readonly writer: ResponseWriter;
  private continueSent = false;

  /** @param acceptsHttp2 whether HTTP/2 may begin without having been negotiated */
  constructor(thread: ProxyThread, arrival: Arrival, acceptsHttp2: boolean) {
    super(thread, arrival, acceptsHttp2);
    this.writer = new ResponseWriter(this.socket, thread.copies);
    this.state = HEAD;
    this.open(arrival.rest);
  }

  protected makeExchange(head: RequestHead, body: RequestBody | null, begin: number): HttpExchange {
    this.continueSent = false;
    return new HttpExchange(this.thread, this, this.thread.plan, head, body, begin);
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
      const atOnce = this.expectsNothing(exchange);
      this.giveBackHead();
      if (atOnce) this.close();
      else this.lastResponseSent();
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

  protected rest(): void {
    if (this.thread.draining) {
      this.lastResponseSent();
      return;
    }
    this.thread.wheel.arm(this, this.thread.time, this.thread.settings.timeouts.idle);
  }

  /**
   * Whether all is sent, and the client has said that nothing comes after its request: then there is no
   * need to wait for its end. Behind a body some send an empty line all the same, and a connection that
   * is closed before that is read may be reset before the client has read the response. Nor does a head
   * that is refused say anything about what follows.
   */
  private expectsNothing(exchange: HttpExchange): boolean {
    return (
      this.state === WAIT &&
      this.head!.isLast &&
      exchange.body === null &&
      this.buffered === null &&
      this.tls === null &&
      this.socket.untaken === 0
    );
  }

  private lastResponseSent(): void {
    this.buffered = null;
    if (this.paused) this.resumeBody();
    this.linger();
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
      const head = (this.head ??= this.thread.heads.take());
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
}
