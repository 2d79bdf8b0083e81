import { passInterim } from '../interim-response.ts';
import type { HttpExchange } from '../exchange/exchange.ts';
import { askedFor } from '../upgrade.ts';
import { UPGRADE } from '../http1/known-fields.ts';
import { BodyReader } from '../http1/body-reader.ts';
import { beginResponseBody } from '../http1/response-body.ts';
import type { MessageHead } from '../http1/message-head.ts';
import { HEAD_COMPLETE, HEAD_INCOMPLETE, ResponseHead } from '../http1/response-head.ts';
import type { ProxyThread } from '../thread.ts';
import type { ConnectionPool } from './connection-pool.ts';
import type { ProxiedClient } from './proxy-header.ts';
import type { UpstreamExchange, UpstreamFailure } from './upstream-exchange.ts';
import { BODY, HEAD, IDLE, TUNNEL, UpstreamSocket } from './upstream-socket.ts';

/** Characters of a read that are looked at first: nearly every head ends within them. */
const USUAL_HEAD = 4096;
/** Interim responses that one request may get. */
const MOST_INTERIM = 32;

const NOTHING = new Uint8Array(0);

/** One connection to an upstream, speaking HTTP/1.1: at most one exchange at a time. */
export class UpstreamConnection extends UpstreamSocket implements UpstreamExchange {
  readonly head = new ResponseHead();
  private readonly pool: ConnectionPool;
  private readonly body = new BodyReader();
  /** Beginning of a head that has not arrived completely. */
  private pending: Buffer | null = null;

  /** @param client on whose behalf it is opened */
  constructor(thread: ProxyThread, pool: ConnectionPool, client: ProxiedClient) {
    super(thread, pool.dialer, client);
    this.pool = pool;
  }

  protected override onRead(length: number): boolean {
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
        passInterim(this.exchange!, this.head);
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
      if (!this.head.upgrade || !askedFor(exchange, this.upgradeProtocol)) {
        this.fail('invalid');
        return -1;
      }
      lifecycle.upstreamSwitched(exchange, this);
      return position;
    }
    this.state = BODY;
    beginResponseBody(this.body, this.head, exchange.outgoingMethod);
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

  get upgradeProtocol(): string {
    return this.head.known(UPGRADE)!;
  }

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
    exchange.tunnel!.fromUpstream(data);
  }

  protected override onEnd(): void {
    const exchange = this.exchange;
    if (this.state === TUNNEL && exchange !== null) {
      exchange.tunnel!.onEnd('upstream');
      return;
    }
    if (this.state === BODY && this.body.untilClose && exchange !== null) {
      this.release();
      this.thread.lifecycle.upstreamData(exchange, this, NOTHING, true);
      return;
    }
    this.onClosed();
  }

  protected override close(): void {
    if (this.state === IDLE) this.pool.drop(this);
    super.close();
  }

  protected override tellFailure(exchange: HttpExchange, failure: UpstreamFailure): void {
    this.thread.lifecycle.upstreamFailed(exchange, this, failure);
  }
}
