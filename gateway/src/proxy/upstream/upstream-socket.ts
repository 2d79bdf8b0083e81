import type { HttpExchange } from '../exchange/exchange.ts';
import type { MessageHead } from '../http1/message-head.ts';
import type { Wire } from '../net/wire.ts';
import type { BodySink } from '../request-body.ts';
import type { ProxyThread } from '../thread.ts';
import type { Timed } from '../timer-wheel.ts';
import type { Dialer } from './dialer.ts';
import type { ProxiedClient } from './proxy-header.ts';
import { requestTrailerLines } from './request-lines.ts';
import type { UpstreamFailure } from './upstream-exchange.ts';

export const IDLE = 0;
/** A request is being sent or its response's head is awaited. */
export const HEAD = 1;
export const BODY = 2;
export const TUNNEL = 3;
export const CLOSED = 4;

/** Longest beginning of a body that is made part of the text of the head, bytes. */
const SMALL_BODY = 4096;

/**
 * A socket to an upstream that speaks HTTP/1.1: requests go out on it one after another, and it knows
 * how long may be waited for what. What comes back is the business of whoever extends it.
 */
export abstract class UpstreamSocket implements BodySink, Timed {
  deadline = 0;
  wheelSlot = -1;
  /** Requests that were sent on it. */
  requests = 0;
  requestSent = false;
  answering = false;
  connected = false;

  protected readonly thread: ProxyThread;
  protected readonly socket: Wire;
  private readonly dialer: Dialer;
  protected state: number = IDLE;
  protected exchange: HttpExchange | null = null;
  /** Interim responses to the current request. */
  protected interim = 0;
  protected readTimeout = 0;
  protected paused = false;
  private chunkedRequest = false;
  private writeTimeout = 0;

  constructor(thread: ProxyThread, dialer: Dialer, client: ProxiedClient) {
    this.thread = thread;
    this.dialer = dialer;
    const socket = dialer.dial(
      { buffer: thread.buffer, callback: (length: number) => this.onRead(length) },
      client,
    );
    this.socket = socket;
    thread.upstreamOpen++;
    socket.on(dialer.readyEvent, () => this.onConnect());
    socket.on('drain', () => this.onDrain());
    socket.on('end', () => this.onEnd());
    socket.on('error', (error: Error) => this.onError(error));
    socket.on('close', () => this.onClosed());
  }

  get reused(): boolean {
    return this.requests > 1;
  }

  /** So many bytes stand in the thread's buffer. @returns false to read no more for now */
  protected abstract onRead(length: number): boolean;
  /** The upstream sends nothing more. */
  protected abstract onEnd(): void;
  /** The attempt is over, and so is the connection. */
  protected abstract tellFailure(exchange: HttpExchange, failure: UpstreamFailure): void;

  send(
    exchange: HttpExchange,
    head: string,
    beginning: readonly Uint8Array[],
    chunked: boolean,
    complete: boolean,
    trailers: MessageHead | null,
  ): void {
    const service = exchange.routePlan!.service!;
    this.exchange = exchange;
    this.requests++;
    this.state = HEAD;
    this.interim = 0;
    this.answering = false;
    this.chunkedRequest = chunked;
    this.requestSent = complete;
    this.readTimeout = service.readTimeout;
    this.writeTimeout = service.writeTimeout;
    if (this.connected) this.awaitUpstream();
    else this.thread.wheel.arm(this, this.thread.time, service.connectTimeout);
    const end = complete && chunked ? lastChunk(exchange, trailers) : '';
    if (beginning.length === 0) {
      this.write(head + end);
      return;
    }
    if (beginning.length === 1 && beginning[0]!.length <= SMALL_BODY && !chunked) {
      const piece = beginning[0] as Buffer;
      this.write(head + piece.toString('latin1'));
      return;
    }
    this.socket.cork();
    this.write(head);
    for (const piece of beginning) this.writeFramed(piece, true);
    if (end !== '') this.write(end);
    this.socket.uncork();
  }

  /** Sets the deadline of what is waited for: the response, room for more, or nothing of theirs. */
  protected awaitUpstream(): void {
    const { wheel, time } = this.thread;
    if (this.requestSent) wheel.arm(this, time, this.readTimeout);
    else if (this.socket.isBehind) wheel.arm(this, time, this.writeTimeout);
    else wheel.disarm(this);
  }

  writeBody(chunk: Uint8Array, owned: boolean): boolean {
    if (this.state === CLOSED) return true;
    const more = this.writeFramed(chunk, owned);
    if (!more && this.connected) this.awaitUpstream();
    return more;
  }

  endBody(trailers: MessageHead | null): void {
    if (this.state === CLOSED) return;
    if (this.chunkedRequest) this.write(lastChunk(this.exchange!, trailers));
    this.requestSent = true;
    if (this.connected) this.awaitUpstream();
  }

  startTunnel(silence: number): void {
    this.state = TUNNEL;
    this.readTimeout = silence;
    this.thread.wheel.arm(this, this.thread.time, silence);
  }

  writeTunnel(chunk: Uint8Array): boolean {
    this.thread.wheel.arm(this, this.thread.now(), this.readTimeout);
    return this.thread.copies.write(this.socket, chunk);
  }

  endTunnel(): void {
    this.exchange = null;
    this.thread.wheel.arm(this, this.thread.time, this.writeTimeout);
    this.socket.destroySoon();
  }

  pause(): void {
    this.paused = true;
    this.thread.wheel.disarm(this);
    this.socket.pause();
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    if (this.state !== CLOSED) this.thread.wheel.arm(this, this.thread.time, this.readTimeout);
    this.socket.resume();
  }

  destroy(): void {
    this.exchange = null;
    this.close();
  }

  onDeadline(): void {
    const tunnel = this.state === TUNNEL && this.exchange !== null ? this.exchange.tunnel : null;
    if (this.state === IDLE) this.destroy();
    else if (tunnel !== null) tunnel.onSilence();
    else this.fail('timeout');
  }

  private write(text: string): boolean {
    return this.socket.writeText(text);
  }

  /** @param owned whether the bytes stay as they are until they are sent */
  private writeFramed(chunk: Uint8Array, owned: boolean): boolean {
    const { socket } = this;
    if (!this.chunkedRequest) {
      return owned ? socket.write(chunk) : this.thread.copies.write(socket, chunk);
    }
    socket.cork();
    this.write(`${chunk.length.toString(16)}\r\n`);
    if (owned) socket.write(chunk);
    else this.thread.copies.write(socket, chunk);
    const more = this.write('\r\n');
    socket.uncork();
    return more;
  }

  private onConnect(): void {
    // The upstream was found to be somebody else.
    if (this.socket.destroyed) return;
    this.connected = true;
    this.thread.now();
    if (this.exchange !== null) this.awaitUpstream();
  }

  private onDrain(): void {
    if (this.exchange === null) return;
    this.thread.now();
    if (this.state !== TUNNEL) this.awaitUpstream();
    this.exchange.downstream.resumeBody();
  }

  private onError(error: Error): void {
    if (this.dialer.isTlsFailure(error)) this.fail('tls');
    else this.onClosed();
  }

  protected onClosed(): void {
    if (this.state === CLOSED) return;
    if (this.exchange !== null) this.fail(this.connected ? 'closed' : 'connect');
    else this.close();
  }

  protected fail(failure: UpstreamFailure): void {
    const exchange = this.exchange;
    this.exchange = null;
    this.close();
    if (exchange !== null) this.tellFailure(exchange, failure);
  }

  protected close(): void {
    if (this.state === CLOSED) return;
    this.state = CLOSED;
    this.thread.upstreamOpen--;
    this.thread.wheel.release(this);
    this.socket.destroy();
  }
}

/** The end of a chunked body. */
function lastChunk(exchange: HttpExchange, trailers: MessageHead | null): string {
  return `0\r\n${requestTrailerLines(exchange, trailers)}\r\n`;
}
