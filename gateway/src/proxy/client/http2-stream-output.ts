import type { HttpExchange } from '../exchange/exchange.ts';
import { FRAME_HEADER } from '../http2/frames.ts';
import type { Http2Connection } from './http2-connection.ts';
import type { Http2Output } from './http2-output.ts';
import type { Http2Stream } from './http2-stream.ts';

/** Less than this of a body, cut short by a window, brings no response along, bytes. */
const LEAST_USEFUL = 1024;

/** What one stream sends: a head, a body as fast as the client takes it, and what ends it. */
export class Http2StreamOutput {
  /** The last frame was sent. */
  finished = false;
  private readonly stream: Http2Stream;
  private readonly connection: Http2Connection;
  private readonly output: Http2Output;
  private exchange: HttpExchange | null = null;
  /** What the client takes of the body by now, bytes. */
  private window: number;
  private queue: Buffer[] = [];
  /** Trailers behind what waits; null while the body goes on. */
  private ending: string | null = null;

  constructor(stream: Http2Stream, connection: Http2Connection) {
    this.stream = stream;
    this.connection = connection;
    this.output = connection.output;
    this.window = connection.control.firstWindow;
  }

  /** Something waits until the client takes it. */
  get waits(): boolean {
    return this.queue.length > 0;
  }

  interim(status: number, lines: string): void {
    this.output.head(this.stream.id, this.output.compress(status, lines, -1), false);
  }

  /** See `Downstream.sendHead`. */
  head(
    exchange: HttpExchange,
    status: number,
    lines: string,
    length: number,
    body: Uint8Array | string | null,
    last: boolean,
  ): void {
    this.exchange = exchange;
    const noBody = status === 204 || status === 304;
    const bodiless = noBody || exchange.method === 'HEAD';
    // A 304 may tell the length that a 200 would have had; a 204 has none.
    const told = !noBody || (status === 304 && length > 0) ? length : -1;
    const block = this.output.compress(status, lines, told);
    const empty = body === null || body.length === 0;
    const end = bodiless || (last && empty);
    if (this.connection.streams.areSeveral) this.output.join();
    this.count(block.length);
    this.output.head(this.stream.id, block, end);
    if (end) this.finished = true;
    else if (!empty) this.send(body, last);
  }

  /** @returns false when the client does not keep up */
  body(chunk: Uint8Array): boolean {
    return this.finished || chunk.length === 0 || this.send(chunk, false);
  }

  end(trailers: string): void {
    if (this.finished) return;
    if (this.queue.length > 0) this.ending = trailers;
    else this.sendEnd(trailers);
  }

  /** @returns false when the client does not keep up */
  private send(bytes: Uint8Array | string, last: boolean): boolean {
    const { length } = bytes;
    this.count(length);
    let at = 0;
    while (at < length && this.queue.length === 0 && !this.output.isBehind) {
      const count = this.room(length - at);
      if (count === 0) break;
      const piece =
        typeof bytes === 'string' ? bytes.slice(at, at + count) : part(bytes, at, count);
      at += count;
      this.sendPiece(piece, at === length, last && at === length, false);
    }
    if (at < length) {
      const rest = typeof bytes === 'string' ? bytes.slice(at) : bytes.subarray(at);
      this.queue.push(typeof rest === 'string' ? Buffer.from(rest, 'latin1') : Buffer.from(rest));
      if (last) this.ending = '';
      this.connection.streams.hold(this.stream);
      this.awaitTaking();
      return false;
    }
    if (last || !this.output.isBehind) return true;
    this.connection.streams.hold(this.stream);
    return false;
  }

  /** How many of `wanted` bytes may go into the next frame. */
  private room(wanted: number): number {
    const { window, frameSize } = this.output;
    return Math.max(0, Math.min(wanted, this.window, window, frameSize));
  }

  /** @param whole whether nothing of what was to be sent is left */
  private sendPiece(
    piece: Uint8Array | string,
    whole: boolean,
    end: boolean,
    owned: boolean,
  ): void {
    this.window -= piece.length;
    if (whole || piece.length >= LEAST_USEFUL) this.connection.guard.earned();
    this.output.data(this.stream.id, piece, end, owned);
    if (end) this.finished = true;
  }

  private sendEnd(trailers: string): void {
    const { output, stream } = this;
    this.finished = true;
    if (trailers === '') output.data(stream.id, '', true, true);
    else output.head(stream.id, output.compressTrailers(trailers), true);
  }

  /** The client takes `increment` more. @returns false when that is more than there may be */
  widen(increment: number): boolean {
    this.window += increment;
    return this.window <= 0x7fff_ffff;
  }

  /**
   * Sends what waits, one frame at most.
   *
   * @returns whether there may be more to send
   */
  advance(): boolean {
    const chunk = this.queue[0];
    if (chunk === undefined) {
      this.drained();
      return false;
    }
    const count = this.room(chunk.length);
    if (count === 0) return false;
    const whole = count === chunk.length;
    if (whole) this.queue.shift();
    else this.queue[0] = chunk.subarray(count);
    const end = this.queue.length === 0 && this.ending === '';
    this.sendPiece(whole ? chunk : chunk.subarray(0, count), whole, end, true);
    if (this.queue.length > 0) {
      this.awaitTaking();
      return true;
    }
    this.drained();
    return false;
  }

  private drained(): void {
    const { connection, stream, ending } = this;
    connection.streams.letGo(stream);
    if (!stream.in.awaitsBody) connection.wheel.disarm(stream);
    if (ending !== null && !this.finished) this.sendEnd(ending);
    if (stream.exchange !== null) connection.lifecycle.downstreamDrained(stream.exchange);
    else stream.closeIfDone();
  }

  /** Sets the deadline for a client that does not take what waits; while a body arrives, its own holds. */
  awaitTaking(): void {
    if (this.waits && !this.stream.in.awaitsBody) this.connection.awaitTakingOf(this.stream);
  }

  /** Nobody wants what waits. */
  discard(): void {
    this.finished = true;
    this.queue = [];
    this.connection.streams.letGo(this.stream);
  }

  private count(bytes: number): void {
    const frames = Math.max(1, Math.ceil(bytes / this.output.frameSize));
    this.exchange!.bytesOut += bytes + frames * FRAME_HEADER;
  }
}

function part(bytes: Uint8Array, at: number, count: number): Uint8Array {
  return at === 0 && count === bytes.length ? bytes : bytes.subarray(at, at + count);
}
