import { ANSWERS } from '../answers.ts';
import { HttpExchange } from '../exchange/exchange.ts';
import type { RequestHead } from '../http1/request-head.ts';
import * as h2 from '../http2/frames.ts';
import { HeadBlock } from '../http2/head-block.ts';
import { RequestBody } from '../request-body.ts';
import type { ProxyThread } from '../thread.ts';
import type { Http2Connection } from './http2-connection.ts';
import { Http2Heads, type ReadHead } from './http2-heads.ts';
import { Http2Stream } from './http2-stream.ts';

/** Streams that were reset are remembered: what was on its way when the client heard of it is no error. */
const MOST_REMEMBERED = 128;

/** The streams of one connection: which there are, and what arrives for each. */
export class Http2Streams {
  /** The last stream that the client began. */
  last = 0;
  /** Later streams are passed over. */
  endAt = h2.MOST_WINDOW;
  requests = 0;
  private readonly connection: Http2Connection;
  private readonly thread: ProxyThread;
  private readonly heads: Http2Heads;
  private readonly open = new Map<number, Http2Stream>();
  /** Those that have something to send which the client does not take yet. */
  private readonly blocked = new Set<Http2Stream>();
  /** Those whose requests begin when all that arrived is read: who cancels at once asks for nothing. */
  private starting: HttpExchange[] = [];
  private readonly reset = new Set<number>();
  private block: HeadBlock | null = null;

  constructor(connection: Http2Connection, thread: ProxyThread) {
    this.connection = connection;
    this.thread = thread;
    this.heads = new Http2Heads(thread.settings.limits);
  }

  get isEmpty(): boolean {
    return this.open.size === 0;
  }

  /** More than one response may be under way. */
  get areSeveral(): boolean {
    return this.open.size > 1;
  }

  /** The stream whose head goes on in the next frame, or 0. */
  get awaits(): number {
    return this.block === null ? 0 : this.block.stream;
  }

  // Heads

  onHeaders(flags: number, id: number, bytes: Buffer, start: number, end: number): void {
    let from = start;
    let to = end;
    if ((flags & h2.PADDED) !== 0) to -= bytes[from++]!;
    if ((flags & h2.WITH_PRIORITY) !== 0) {
      if (from + 5 <= to && (bytes.readUInt32BE(from) & h2.MOST_WINDOW) === id) from = to + 1;
      from += 5;
    }
    if ((id & 1) === 0 || from > to || start === end) this.breach();
    else if ((flags & h2.END_HEADERS) !== 0) this.onBlock(id, flags, bytes, from, to);
    else this.block = new HeadBlock(id, flags, bytes.subarray(from, to));
  }

  onContinuation(flags: number, bytes: Buffer, start: number, end: number): void {
    const { block, connection } = this;
    if (block === null) {
      this.breach();
      return;
    }
    block.add(bytes.subarray(start, end));
    const { head, requestLine } = this.thread.settings.limits;
    if (block.length > head + requestLine) {
      connection.fail(h2.ENHANCE_YOUR_CALM, 'head_too_long');
    } else if (block.continuations > connection.http2.maxContinuations) {
      connection.fail(h2.ENHANCE_YOUR_CALM, 'continuation');
    } else if ((flags & h2.END_HEADERS) !== 0) {
      this.block = null;
      this.onBlock(block.stream, block.flags, block.whole(), 0, block.length);
    }
  }

  private onBlock(id: number, flags: number, bytes: Buffer, start: number, end: number): void {
    const ends = (flags & h2.END_STREAM) !== 0;
    if (id <= this.last) {
      this.onTrailers(id, ends, bytes, start, end);
      return;
    }
    this.last = id;
    const read = this.heads.readRequest(bytes, start, end);
    if (read === null) this.connection.fail(h2.COMPRESSION_ERROR, 'compression');
    else if (id > this.endAt) this.heads.recycle(read.head);
    else if (this.open.size >= this.connection.http2.maxStreams) {
      this.heads.recycle(read.head);
      if (!this.countReset()) return;
      this.connection.output.frames(h2.rstStream(id, h2.REFUSED_STREAM));
      this.wasReset(id);
    } else this.begin(id, read, !ends, h2.FRAME_HEADER + end - start);
  }

  private onTrailers(id: number, ends: boolean, bytes: Buffer, start: number, end: number): void {
    const stream = this.open.get(id);
    const trailers = this.heads.readTrailers(bytes, start, end);
    if (trailers === undefined) this.connection.fail(h2.COMPRESSION_ERROR, 'compression');
    else if (stream === undefined) this.onClosed(id);
    else if (!stream.in.receiving) this.breachOf(stream, h2.STREAM_CLOSED);
    else if (!ends || trailers === null) stream.in.breakBody();
    else {
      this.connection.guard.earned();
      stream.in.end(trailers.count === 0 ? null : trailers);
    }
  }

  private begin(id: number, read: ReadHead, receiving: boolean, bytes: number): void {
    const { head } = read;
    const { thread, connection } = this;
    const stream = new Http2Stream(connection, id, receiving);
    this.open.set(id, stream);
    this.requests++;
    thread.inFlight++;
    connection.guard.earned();
    const { contentLength } = head;
    if (read.malformed || (!receiving && read.status === 0 && contentLength > 0)) {
      stream.in.malformed = true;
    }
    const status = stream.in.malformed ? 400 : read.status;
    if (status === 0) head.chunked = receiving && contentLength === -1;
    const hasBody = status === 0 && (receiving || contentLength === 0);
    const body = hasBody ? new RequestBody(contentLength) : null;
    const exchange = new HttpExchange(thread, stream, thread.plan, head, body, thread.time);
    exchange.bytesIn = bytes;
    stream.begin(exchange, head, body);
    const { body: longest } = connection.limits;
    if (status !== 0) connection.lifecycle.refuse(exchange, status);
    else if (longest > 0 && contentLength > longest)
      connection.lifecycle.refuseBody(exchange, ANSWERS.body_too_large);
    else if (!stream.in.holdsHead) this.startLater(exchange);
  }

  /** Begins a request when all that arrived is read. */
  startLater(exchange: HttpExchange): void {
    this.starting.push(exchange);
  }

  /** All that arrived is read. */
  start(): void {
    if (this.starting.length === 0) return;
    const { starting } = this;
    this.starting = [];
    for (const exchange of starting) {
      if (!exchange.finished) this.connection.lifecycle.start(exchange);
    }
  }

  // Other frames

  onData(flags: number, id: number, bytes: Buffer, start: number, end: number): void {
    const { connection } = this;
    const length = end - start;
    if (!connection.debit(length)) return;
    let from = start;
    let to = end;
    if ((flags & h2.PADDED) !== 0) to -= bytes[from++] ?? 0;
    if (from > to || (id & 1) === 0 || id > this.last) {
      this.breach();
      return;
    }
    const stream = this.open.get(id);
    if (stream === undefined) {
      connection.credit(length);
      this.onClosed(id);
      return;
    }
    if (!stream.in.receiving) {
      connection.credit(length);
      this.breachOf(stream, h2.STREAM_CLOSED);
      return;
    }
    const ends = (flags & h2.END_STREAM) !== 0;
    if (to > from || ends) connection.guard.earned();
    else if (!connection.idleFrame()) return;
    if (stream.exchange !== null) stream.exchange.bytesIn += h2.FRAME_HEADER + length;
    if (length > 0) stream.in.receive(bytes.subarray(from, to), length, ends);
    if (ends && !stream.closed) stream.in.end(null);
  }

  onReset(id: number): void {
    if ((id & 1) === 0 || id > this.last) {
      this.breach();
      return;
    }
    const stream = this.open.get(id);
    if (stream === undefined) this.connection.idleFrame();
    else if (this.countReset()) stream.close();
  }

  onWindow(id: number, increment: number): void {
    const stream = this.open.get(id);
    if ((id & 1) === 0 || id > this.last) this.breach();
    else if (stream === undefined) return;
    else if (increment === 0) this.breachOf(stream, h2.PROTOCOL_ERROR);
    else if (!stream.out.widen(increment)) this.breachOf(stream, h2.FLOW_CONTROL_ERROR);
    else this.pump();
  }

  /** @returns false when a window became larger than it may be */
  widenAll(change: number): boolean {
    let ok = true;
    for (const stream of this.open.values()) ok = stream.out.widen(change) && ok;
    return ok;
  }

  /** A frame for a stream that is over. */
  private onClosed(id: number): void {
    if (this.reset.has(id)) this.connection.idleFrame();
    else this.connection.fail(h2.STREAM_CLOSED, 'stream_closed');
  }

  // What streams need

  hold(stream: Http2Stream): void {
    this.blocked.add(stream);
  }

  letGo(stream: Http2Stream): void {
    this.blocked.delete(stream);
  }

  /** Sends what waits, one frame of each stream after the other. */
  pump(): void {
    let more = this.blocked.size > 0;
    while (more) {
      more = false;
      for (const stream of this.blocked) {
        if (this.connection.output.isBehind) return;
        if (stream.out.advance()) more = true;
      }
    }
  }

  /** The client broke the rules on one stream. */
  breachOf(stream: Http2Stream, code: number): void {
    if (!stream.closed && this.countReset()) stream.reset(code);
  }

  /** @returns whether the connection goes on */
  private countReset(): boolean {
    if (this.connection.guard.reset(this.thread.time)) return true;
    this.connection.fail(h2.ENHANCE_YOUR_CALM, 'resets');
    return false;
  }

  wasReset(id: number): void {
    this.reset.add(id);
    if (this.reset.size <= MOST_REMEMBERED) return;
    for (const oldest of this.reset) {
      this.reset.delete(oldest);
      break;
    }
  }

  closed(stream: Http2Stream): void {
    this.open.delete(stream.id);
    this.blocked.delete(stream);
    this.connection.streamClosed();
  }

  closeAll(): void {
    for (const stream of [...this.open.values()]) stream.close();
  }

  recycle(head: RequestHead): void {
    this.heads.recycle(head);
  }

  private breach(): void {
    this.connection.fail(h2.PROTOCOL_ERROR, 'protocol');
  }
}
