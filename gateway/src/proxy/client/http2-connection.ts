import type { Http2Settings, Limits } from '../../settings/node-settings.ts';
import * as h2 from '../http2/frames.ts';
import { ReceiveWindow } from '../http2/receive-window.ts';
import type { Lifecycle } from '../lifecycle.ts';
import type { Arrival } from '../net/arrival.ts';
import type { ProxyThread } from '../thread.ts';
import type { TimerWheel } from '../timer-wheel.ts';
import { ClientSocket } from './client-socket.ts';
import { HEAD, LINGER } from './connection-state.ts';
import { FloodGuard } from './flood-guard.ts';
import { Http2ControlFrames } from './http2-control-frames.ts';
import type { Http2Failure } from './http2-failure.ts';
import { Http2Farewell } from './http2-farewell.ts';
import { Http2Output } from './http2-output.ts';
import { Http2Reader } from './http2-reader.ts';
import type { Http2Stream } from './http2-stream.ts';
import { Http2Streams } from './http2-streams.ts';

/** Bytes that may wait for a client before nothing more is read from it. */
const MOST_UNTAKEN = 128 * 1024;

/** One client connection speaking HTTP/2: RFC 9113. What is on its streams is theirs. */
export class Http2Connection extends ClientSocket {
  readonly output: Http2Output;
  readonly guard: FloodGuard;
  readonly streams: Http2Streams;
  readonly control = new Http2ControlFrames(this);
  private readonly reader = new Http2Reader(this);
  /** Bytes of bodies that the client may still send, over all streams. */
  private readonly window: ReceiveWindow;
  readonly farewell = new Http2Farewell(this);
  /** Since when part of a frame or of a head waits for the rest, -1 for none. */
  private partialSince = -1;
  private idleSince = -1;
  /** The deadline is that of what was sent; what the client says meanwhile is no reason to wait longer. */
  private awaitsTaking = false;

  constructor(thread: ProxyThread, arrival: Arrival, serial: number) {
    super(thread, arrival, serial);
    this.output = new Http2Output(this.socket, thread.copies);
    this.guard = new FloodGuard(this.http2, thread.now());
    this.streams = new Http2Streams(this, thread);
    this.window = new ReceiveWindow(this.http2.connectionWindow);
    this.state = HEAD;
    this.greet();
    this.open(arrival.rest);
  }

  /** Requests may come, and responses go. */
  get isOpen(): boolean {
    return this.state === HEAD;
  }

  get http2(): Http2Settings {
    return this.thread.settings.http2;
  }

  get limits(): Limits {
    return this.thread.settings.limits;
  }

  get wheel(): TimerWheel {
    return this.thread.wheel;
  }

  now(): number {
    return this.thread.now();
  }

  get lifecycle(): Lifecycle {
    return this.thread.lifecycle;
  }

  /** Requests on this connection so far. */
  get requests(): number {
    return this.streams.requests;
  }

  private greet(): void {
    const { streamWindow, connectionWindow, maxStreams } = this.http2;
    const settings = h2.settingsFrame([
      [h2.SETTINGS_MAX_CONCURRENT_STREAMS, maxStreams],
      [h2.SETTINGS_INITIAL_WINDOW_SIZE, streamWindow],
      [h2.SETTINGS_MAX_HEADER_LIST_SIZE, this.limits.head],
    ]);
    const more = connectionWindow - h2.FIRST_WINDOW;
    this.output.frames(settings + (more > 0 ? h2.windowUpdate(0, more) : ''));
  }

  // What arrives

  protected override receive(buffer: Buffer, length: number): boolean {
    if (this.state === LINGER) this.discard(length);
    if (this.state !== HEAD) return true;
    this.thread.now();
    this.output.hold();
    if (this.reader.read(buffer, length)) this.streams.start();
    this.output.release();
    this.watch();
    if (this.state === HEAD && this.socket.untaken > MOST_UNTAKEN) this.pauseReading();
    return !this.paused;
  }

  /** The client has said what it takes. */
  onSettled(): void {
    if (this.thread.draining) this.closeIfIdle();
    this.streams.pump();
  }

  /** A frame that moves no request along. @returns whether the connection goes on */
  idleFrame(): boolean {
    if (this.guard.idle(this.thread.time)) return true;
    this.fail(h2.ENHANCE_YOUR_CALM, 'idle_frames');
    return false;
  }

  // Flow control of what arrives

  /** So many bytes of bodies arrived. @returns whether the client kept to the window */
  debit(bytes: number): boolean {
    if (this.window.debit(bytes)) return true;
    this.fail(h2.FLOW_CONTROL_ERROR, 'flow_control');
    return false;
  }

  /** So many bytes are no longer held. */
  credit(bytes: number): void {
    this.window.credit(bytes);
    if (this.state !== HEAD) return;
    const more = this.window.open();
    if (more > 0) this.output.frames(h2.windowUpdate(0, more));
  }

  // Deadlines

  awaitBody(stream: Http2Stream): void {
    this.wheel.arm(stream, this.thread.time, this.thread.settings.timeouts.body);
  }

  awaitTakingOf(stream: Http2Stream): void {
    this.wheel.arm(stream, this.thread.time, this.thread.settings.timeouts.send);
  }

  /** Sets the deadline of what the connection itself waits for; streams have their own. */
  watch(): void {
    if (this.state !== HEAD) return;
    const { wheel, thread } = this;
    const { timeouts } = thread.settings;
    const partial = this.reader.waiting || this.streams.awaits !== 0;
    if (!partial) this.partialSince = -1;
    else if (this.reader.moved || this.partialSince === -1) this.partialSince = thread.time;
    if (!this.streams.isEmpty) this.idleSince = -1;
    else if (this.idleSince === -1) this.idleSince = thread.time;
    if (this.farewell.isLastCall) return;
    const awaited = this.awaitsTaking;
    this.awaitsTaking = this.socket.isBehind;
    if (this.awaitsTaking) {
      if (!awaited) this.awaitTaking();
    } else if (partial) {
      const body = !this.streams.isEmpty && this.streams.awaits === 0;
      wheel.arm(this, this.partialSince, body ? timeouts.body : timeouts.head);
    } else if (this.idleSince !== -1) wheel.arm(this, this.idleSince, timeouts.idle);
    else wheel.disarm(this);
  }

  override onDeadline(): void {
    if (this.state === LINGER) this.close();
    else if (this.farewell.isLastCall) this.farewell.end();
    else if (this.socket.isBehind) {
      if (!this.isTaking()) this.onGone();
    } else if (this.partialSince !== -1) this.fail(h2.ENHANCE_YOUR_CALM, 'slow_frame');
    else if (this.streams.isEmpty) this.farewell.end();
  }

  // What happens to the connection

  override closeIfIdle(): void {
    if (this.state !== HEAD) return;
    if (this.control.hasSettings) this.farewell.begin();
    else this.close();
  }

  /** What the client begins from now on is passed over. */
  onFarewell(): void {
    this.awaitsTaking = false;
    if (this.streams.isEmpty) this.endOutput();
    else this.watch();
  }

  /** A stream is over. */
  streamClosed(): void {
    if (!this.streams.isEmpty || this.state !== HEAD) return;
    if (this.farewell.isEnding) this.endOutput();
    else this.watch();
  }

  private endOutput(): void {
    this.output.flush();
    this.linger();
  }

  /** Ends the connection because of what the client did. */
  fail(code: number, reason: Http2Failure): void {
    if (this.state !== HEAD) return;
    this.thread.metrics.http2Failed(reason);
    this.state = LINGER;
    this.output.frames(h2.goaway(this.streams.last, code));
    this.streams.closeAll();
    this.endOutput();
  }

  override onDrain(): void {
    if (this.state !== HEAD) return;
    this.thread.now();
    if (this.paused) {
      this.paused = false;
      this.socket.resume();
    }
    this.awaitsTaking = false;
    this.streams.pump();
    this.watch();
  }

  override onGone(): void {
    this.close();
    this.streams.closeAll();
  }
}
