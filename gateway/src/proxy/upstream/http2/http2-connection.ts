import * as frames from '../../http2/frames.ts';
import { FrameReader } from '../../http2/frame-reader.ts';
import { PREFACE } from '../../http2/preface.ts';
import type { Wire } from '../../net/wire.ts';
import type { ProxyThread } from '../../thread.ts';
import type { Dialer } from '../dialer.ts';
import { HeadText } from './http2-head-text.ts';
import { Http2Output } from './http2-output.ts';
import type { Http2Pool } from './http2-pool.ts';
import { Http2Reader } from './http2-reader.ts';
import { Http2Stream } from './http2-stream.ts';
import { Http2Streams } from './http2-streams.ts';
import { Http2Watch, type Watched } from './http2-watch.ts';
import { CONNECTION_WINDOW, STREAM_WINDOW } from './http2-windows.ts';
import type { ProxiedClient } from '../proxy-header.ts';
import type { UpstreamFailure } from '../upstream-exchange.ts';

/** Bytes of our own answers that may wait: an upstream that asks and does not read is let go. */
const MOST_UNTAKEN = 8 * 1024 * 1024;

const PING = 'upstream';

const GREETING =
  PREFACE.toString('latin1') +
  frames.settingsFrame([
    [frames.SETTINGS_ENABLE_PUSH, 0],
    [frames.SETTINGS_INITIAL_WINDOW_SIZE, STREAM_WINDOW],
    [frames.SETTINGS_MAX_HEADER_LIST_SIZE, 128 * 1024],
  ]) +
  frames.windowUpdate(0, CONNECTION_WINDOW - frames.FIRST_WINDOW);

/** A connection to an upstream that speaks HTTP/2: many requests at once. */
export class Http2Connection implements Watched {
  /** It stands. */
  ready = false;
  /** Takes no further requests. */
  closing = false;
  readonly streams = new Http2Streams();
  readonly headText = new HeadText();
  readonly output: Http2Output;

  readonly #thread: ProxyThread;
  readonly #pool: Http2Pool;
  readonly #dialer: Dialer;
  readonly #socket: Wire;
  readonly #reader: Http2Reader;
  readonly #watch: Http2Watch;
  #closed = false;

  constructor(thread: ProxyThread, pool: Http2Pool, dialer: Dialer, client: ProxiedClient) {
    this.#thread = thread;
    this.#pool = pool;
    this.#dialer = dialer;
    this.#reader = new Http2Reader(this);
    this.#watch = new Http2Watch(thread, this);
    const { buffer } = thread;
    const frameReader = new FrameReader(frames.FRAME_SIZE);
    const socket = dialer.dial(
      {
        buffer,
        callback: (length) => {
          this.#onRead(frameReader, buffer, length);
          return true;
        },
      },
      client,
    );
    this.#socket = socket;
    this.output = new Http2Output(socket, thread.copies, dialer.scheme);
    thread.upstreamOpen++;
    // Nothing is said before it is certain that HTTP/2 is understood.
    socket.cork();
    socket.on(dialer.readyEvent, () => this.#onReady());
    socket.on('drain', () => this.#flush());
    socket.on('end', () => this.#lost('closed'));
    socket.on('error', (error: Error) => this.#lost(dialer.isTlsFailure(error) ? 'tls' : 'closed'));
    socket.on('close', () => this.#onClosed());
    this.output.write(GREETING);
  }

  /** It has served other requests. */
  get reused(): boolean {
    return this.streams.begun > 0;
  }

  get hasRoom(): boolean {
    return !this.closing && !this.streams.isFull;
  }

  get isIdle(): boolean {
    return this.streams.isEmpty;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  newStream(): Http2Stream {
    return new Http2Stream(this.#thread, this, this.streams.takeHead());
  }

  // What is sent

  /**
   * Sends a request, in one piece where it is small.
   *
   * @param trailers lines, each ending in CRLF, or empty
   */
  begin(
    stream: Http2Stream,
    head: string,
    beginning: readonly Uint8Array[],
    complete: boolean,
    trailers: string,
  ): void {
    const { streams } = this;
    streams.begin(stream);
    const { maxRequests } = this.#thread.settings.upstreamKeepalive;
    const isLast = maxRequests !== 0 && streams.begun >= maxRequests;
    if (isLast || streams.areSpent) this.closing = true;
    this.#watch.set();
    this.output.begin(stream, head, beginning, complete, trailers);
  }

  #flush(): void {
    if (!this.output.hasWaiting) return;
    this.#thread.now();
    this.output.flush();
  }

  /** Lets the upstream send so many bytes more on a stream. */
  widen(stream: Http2Stream, bytes: number): void {
    this.output.write(frames.windowUpdate(stream.id, bytes));
  }

  // What arrives

  #onReady(): void {
    if (this.#socket.destroyed) return;
    this.#thread.now();
    if (this.#dialer.spokenOn(this.#socket) === 'http/1.1') {
      this.#pool.speaksHttp1();
      this.#lost('refused');
      return;
    }
    this.ready = true;
    this.#watch.heard();
    this.#socket.uncork();
    for (const stream of this.streams.all()) stream.onReady();
    this.#watch.set();
  }

  #onRead(frameReader: FrameReader, buffer: Buffer, length: number): void {
    this.#thread.now();
    this.#watch.heard();
    frameReader.read(buffer, 0, length, this.#reader);
    this.#reader.onBatchEnd();
    this.streams.releaseHeads();
    if (this.#socket.untaken > MOST_UNTAKEN) this.#lost('closed');
  }

  onSetting(id: number, value: number): boolean {
    switch (id) {
      case frames.SETTINGS_HEADER_TABLE_SIZE:
        this.output.encoder.allow(value);
        return true;
      case frames.SETTINGS_MAX_CONCURRENT_STREAMS:
        this.streams.most = value;
        return true;
      case frames.SETTINGS_INITIAL_WINDOW_SIZE:
        if (value > frames.MOST_WINDOW) return false;
        this.streams.setFirstWindow(value);
        this.#flush();
        return true;
      case frames.SETTINGS_MAX_FRAME_SIZE:
        return value >= frames.FRAME_SIZE && value <= 0xff_ffff;
      default:
        return true;
    }
  }

  /** @returns false when the window would be larger than one can be */
  onWindowUpdate(id: number, increment: number): boolean {
    if (id === 0) {
      this.output.window += increment;
      if (this.output.window > frames.MOST_WINDOW) return false;
    } else {
      const stream = this.streams.get(id);
      if (stream === undefined) return true;
      stream.queue.window += increment;
      if (stream.queue.window > frames.MOST_WINDOW) {
        stream.fail('closed', frames.FLOW_CONTROL_ERROR);
        return true;
      }
    }
    this.#flush();
    return true;
  }

  /** The upstream takes no streams after `last`, and has not looked at any that were begun since. */
  onGoaway(last: number): void {
    this.closing = true;
    this.#pool.forget(this);
    for (const stream of this.streams.all()) if (stream.id > last) stream.onReset(true);
    this.#closeIfDone();
  }

  /** The upstream broke the protocol: nothing more can be understood of what it sends. */
  broken(code: number): void {
    this.output.write(frames.goaway(0, code));
    this.streams.releaseHeads();
    this.#lost('invalid');
  }

  // How long is waited

  /** Nothing came of a request: asks whether the upstream is still there. */
  suspect(): void {
    this.#watch.suspect();
  }

  ping(): void {
    this.output.write(frames.ping(PING, false));
  }

  onSilence(): void {
    this.#lost('timeout');
  }

  // The end

  /** A stream is done. @param code told to the upstream, or `NO_ERROR` when it knows */
  forget(stream: Http2Stream, code: number): void {
    if (!this.streams.end(stream)) return;
    if (this.#closed) return;
    if (code !== frames.NO_ERROR) this.output.write(frames.rstStream(stream.id, code));
    if (!this.isIdle) return;
    if (!this.ready) this.#lost('closed');
    else if (!this.#closeIfDone()) {
      this.#watch.set();
      this.#pool.onIdle(this);
    }
  }

  #closeIfDone(): boolean {
    if (!this.closing || !this.isIdle) return false;
    this.retire();
    return true;
  }

  /** Ends the connection as soon as nothing is asked on it. */
  retire(): void {
    this.closing = true;
    this.#pool.forget(this);
    if (!this.isIdle || this.#closed) return;
    this.output.write(frames.goaway(0, frames.NO_ERROR));
    this.#close();
  }

  #lost(failure: UpstreamFailure): void {
    if (this.#closed) return;
    const known = this.ready || failure !== 'closed' ? failure : 'connect';
    this.#close();
    if (failure !== 'invalid') this.#socket.destroy();
    for (const stream of this.streams.all()) stream.onLost(known);
  }

  /** Says no more. The upstream gets a while to take what was said. */
  #close(): void {
    this.#closed = true;
    this.closing = true;
    this.#pool.forget(this);
    this.output.end();
    this.#thread.upstreamOpen--;
    this.#watch.linger();
    this.#socket.destroySoon();
  }

  #onClosed(): void {
    this.#lost('closed');
    this.#watch.release();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
