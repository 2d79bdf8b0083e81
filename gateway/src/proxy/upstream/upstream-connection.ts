import type { HttpExchange } from '../exchange.ts';
import { trailerLines } from '../http1/copy-fields.ts';
import { UPGRADE } from '../http1/known-fields.ts';
import { BodyReader } from '../http1/body-reader.ts';
import { beginResponseBody } from '../http1/response-body.ts';
import type { MessageHead } from '../http1/message-head.ts';
import { HEAD_COMPLETE, HEAD_INCOMPLETE, ResponseHead } from '../http1/response-head.ts';
import { ProxySocket } from '../socket/proxy-socket.ts';
import type { BodySink } from '../request-body.ts';
import type { ProxyThread } from '../thread.ts';
import type { Timed } from '../timer-wheel.ts';
import type { ConnectionPool } from './connection-pool.ts';

/** Why an attempt ended without a usable response. */
export type UpstreamFailure = 'connect' | 'closed' | 'timeout' | 'invalid';

const IDLE = 0;
/** A request is being sent or its response's head is awaited. */
const HEAD = 1;
const BODY = 2;
const TUNNEL = 3;
const CLOSED = 4;

/** Characters of a read that are looked at first: nearly every head ends within them. */
const USUAL_HEAD = 4096;
/** Interim responses that one request may get. */
const MOST_INTERIM = 32;

const NOTHING = new Uint8Array(0);

/** One connection to an upstream: at most one exchange at a time. */
export class UpstreamConnection implements BodySink, Timed {
  deadline = 0;
  wheelSlot = -1;
  readonly pool: ConnectionPool;
  readonly head = new ResponseHead();
  /** Requests that were sent on it. */
  requests = 0;
  /** All of the current request has been handed over. */
  requestSent = false;
  /** Bytes of the current response have arrived. */
  answering = false;
  connected = false;

  private readonly thread: ProxyThread;
  private readonly socket: ProxySocket;
  private readonly body = new BodyReader();
  private state = IDLE;
  private exchange: HttpExchange | null = null;
  private chunkedRequest = false;
  private interim = 0;
  /** Beginning of a head that has not arrived completely. */
  private pending: Buffer | null = null;
  private readTimeout = 0;
  private writeTimeout = 0;
  private paused = false;

  constructor(thread: ProxyThread, pool: ConnectionPool) {
    this.thread = thread;
    this.pool = pool;
    thread.upstreamOpen++;
    const socket = new ProxySocket({
      noDelay: true,
      onread: {
        buffer: thread.buffer,
        callback: (length: number) => this.onRead(length),
      },
    });
    this.socket = socket;
    socket.connect({ host: pool.address, port: pool.port });
    socket.on('connect', () => this.onConnect());
    socket.on('drain', () => this.onDrain());
    socket.on('end', () => this.onEnd());
    socket.on('error', () => this.onClosed());
    socket.on('close', () => this.onClosed());
  }

  /** The current request was sent on a connection that served others before. */
  get reused(): boolean {
    return this.requests > 1;
  }

  /**
   * Sends a request's head, with what there is of its body.
   *
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
    const end = complete && chunked ? lastChunk(trailers) : '';
    if (beginning.length === 0) {
      this.write(head + end);
      return;
    }
    if (beginning.length === 1 && beginning[0]!.length <= USUAL_HEAD && !chunked) {
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
  private awaitUpstream(): void {
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
    if (this.chunkedRequest) this.write(lastChunk(trailers));
    this.requestSent = true;
    if (this.connected) this.awaitUpstream();
  }

  /** @returns false when the upstream does not keep up */
  writeTunnel(chunk: Uint8Array): boolean {
    this.thread.wheel.arm(this, this.thread.time, this.readTimeout);
    return this.thread.copies.write(this.socket, chunk);
  }

  /** The client is gone: what it sent still goes out, what comes back nobody wants. */
  endTunnel(): void {
    this.exchange = null;
    this.thread.wheel.arm(this, this.thread.time, this.writeTimeout);
    this.socket.destroySoon();
  }

  /** Stops reading: the client does not keep up. */
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

  /** Ends the connection and whatever it was doing, without telling the exchange. */
  destroy(): void {
    this.exchange = null;
    this.close();
  }

  onDeadline(): void {
    if (this.state === IDLE) this.destroy();
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

  private onRead(length: number): boolean {
    const buffer = this.thread.buffer;
    this.thread.now();
    let position = 0;
    if (this.state === HEAD) {
      position = this.readHead(buffer, length);
      if (position === -1) return true;
    }
    switch (this.state) {
      case BODY:
        this.readBody(buffer, position, length);
        break;
      case TUNNEL:
        if (position < length && this.exchange !== null) {
          this.readTunnel(this.exchange, buffer.subarray(position, length));
        }
        break;
      case IDLE:
        // Nobody asked for anything: what comes now could only be taken for the next answer.
        this.destroy();
        break;
    }
    return !this.paused;
  }

  /** @returns where the body begins in `buffer`, or -1 when there is nothing left to read */
  private readHead(buffer: Buffer, length: number): number {
    this.answering = true;
    const { pending } = this;
    const before = pending === null ? 0 : pending.length;
    const bytes = pending === null ? buffer : Buffer.concat([pending, buffer.subarray(0, length)]);
    const end = before + length;
    let looked = Math.min(end, before + USUAL_HEAD);
    let start = 0;
    let outcome: number;
    while (true) {
      outcome = this.head.parse(bytes, start, looked);
      if (outcome === HEAD_INCOMPLETE && looked < end) looked = end;
      else if (outcome === HEAD_COMPLETE && this.isInterim()) {
        if (++this.interim > MOST_INTERIM) {
          this.fail('invalid');
          return -1;
        }
        this.thread.lifecycle.upstreamInterim(this.exchange!, this.head);
        start += this.head.end;
      } else break;
    }
    if (outcome === HEAD_INCOMPLETE) {
      this.pending = Buffer.from(bytes.subarray(start, end));
      this.thread.wheel.arm(this, this.thread.time, this.readTimeout);
      return -1;
    }
    this.pending = null;
    if (outcome !== HEAD_COMPLETE) {
      this.fail('invalid');
      return -1;
    }
    return this.beginResponse(buffer, start + this.head.end - before, length);
  }

  /** The head that was just read announces another one. */
  private isInterim(): boolean {
    return this.head.status < 200 && this.head.status !== 101;
  }

  private beginResponse(buffer: Buffer, position: number, length: number): number {
    const exchange = this.exchange!;
    const { lifecycle } = this.thread;
    if (this.head.status === 101) {
      if (!this.head.upgrade || !exchange.askedFor(this.upgradeProtocol)) {
        this.fail('invalid');
        return -1;
      }
      this.state = TUNNEL;
      lifecycle.upstreamSwitched(exchange, this);
      return position;
    }
    this.state = BODY;
    beginResponseBody(this.body, this.head, exchange.method);
    const next = this.body.next(buffer, position, length);
    if (next === -1) {
      this.fail('invalid');
      return -1;
    }
    const done = this.body.done;
    // Anything behind a complete response is not an answer to a question of ours.
    if (done && next !== length) this.head.keepAlive = false;
    const data = this.firstData(buffer, position);
    if (done) {
      this.release();
      lifecycle.upstreamHead(exchange, this, data, true);
      return -1;
    }
    this.thread.wheel.arm(this, this.thread.time, this.readTimeout);
    lifecycle.upstreamHead(exchange, this, data, false);
    return this.state === BODY ? next : -1;
  }

  /**
   * The data that was found behind the head, which began at `position`: the characters that were
   * made of it together with the head where it is among them, since views on memory are expensive.
   */
  private firstData(buffer: Buffer, position: number): Uint8Array | string | null {
    const { body, head } = this;
    const { dataStart, dataEnd } = body;
    if (dataEnd === dataStart) return null;
    // Data of chunks was moved together.
    if (!body.chunked && head.end + dataEnd - position <= head.text.length) {
      return head.text.slice(head.end + dataStart - position, head.end + dataEnd - position);
    }
    return buffer.subarray(dataStart, dataEnd);
  }

  private readBody(buffer: Buffer, from: number, length: number): void {
    const exchange = this.exchange!;
    const { lifecycle, wheel } = this.thread;
    let position = from;
    while (position < length && this.state === BODY) {
      const next = this.body.next(buffer, position, length);
      if (next === -1) {
        this.fail('invalid');
        return;
      }
      const done = this.body.done;
      const data = buffer.subarray(this.body.dataStart, this.body.dataEnd);
      if (done) {
        if (next !== length) this.head.keepAlive = false;
        this.release();
        lifecycle.upstreamData(exchange, this, data, true);
        return;
      }
      if (data.length > 0) lifecycle.upstreamData(exchange, this, data, false);
      position = next;
    }
    if (this.state === BODY && !this.paused) wheel.arm(this, this.thread.time, this.readTimeout);
  }

  /** The protocol that a 101 switches to. */
  get upgradeProtocol(): string {
    return this.head.known(UPGRADE)!;
  }

  /** Trailer lines of the response that just ended. */
  get trailers(): MessageHead | null {
    return this.body.trailers;
  }

  /** The response is complete: the connection is free before the exchange goes on. */
  private release(): void {
    const { maxRequests } = this.thread.settings.upstreamKeepalive;
    const reusable =
      this.head.keepAlive &&
      this.requestSent &&
      !this.body.untilClose &&
      (maxRequests === 0 || this.requests < maxRequests);
    this.exchange = null;
    if (!reusable) {
      this.close();
      return;
    }
    this.state = IDLE;
    if (this.paused) {
      this.paused = false;
      this.socket.resume();
    }
    this.pool.put(this, this.thread.time);
  }

  private readTunnel(exchange: HttpExchange, data: Uint8Array): void {
    this.thread.wheel.arm(this, this.thread.time, this.readTimeout);
    this.thread.lifecycle.tunnelData(exchange, data);
  }

  private onEnd(): void {
    const exchange = this.exchange;
    if (this.state === TUNNEL && exchange !== null) {
      this.thread.lifecycle.tunnelEnded(exchange);
      return;
    }
    if (this.state === BODY && this.body.untilClose && exchange !== null) {
      this.release();
      this.thread.lifecycle.upstreamData(exchange, this, NOTHING, true);
      return;
    }
    this.onClosed();
  }

  private onClosed(): void {
    if (this.state === CLOSED) return;
    if (this.exchange !== null) this.fail(this.connected ? 'closed' : 'connect');
    else this.close();
  }

  private fail(failure: UpstreamFailure): void {
    const exchange = this.exchange;
    this.exchange = null;
    this.close();
    if (exchange !== null) this.thread.lifecycle.upstreamFailed(exchange, this, failure);
  }

  private close(): void {
    if (this.state === CLOSED) return;
    if (this.state === IDLE) this.pool.drop(this);
    this.state = CLOSED;
    this.thread.upstreamOpen--;
    this.thread.wheel.release(this);
    this.socket.destroy();
  }
}

/** The end of a chunked body. */
function lastChunk(trailers: MessageHead | null): string {
  return `0\r\n${trailerLines(trailers)}\r\n`;
}
