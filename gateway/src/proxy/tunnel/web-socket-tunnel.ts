import type { HttpExchange } from '../exchange/exchange.ts';
import type { WebSocketEnd, WebSocketRecord } from '../../telemetry/exchange-record.ts';
import type { WebSocketCounts } from '../../telemetry/request-metrics.ts';
import type { Timed } from '../timer-wheel.ts';
import { closeFrame, maskedCloseFrame } from './close-frame.ts';
import { CLOSING_CAUSES, type ClosingCause } from './closing-cause.ts';
import { FrameTracker } from './frame-tracker.ts';
import { Tunnel, type TunnelEnd } from './tunnel.ts';

/** How long the other end may take to finish its frame and to answer a Close frame, ms. */
const CLOSE_PATIENCE = 5000;

/**
 * A WebSocket between a client and an upstream, RFC 6455. Frames pass as they are; the gateway only
 * sees where they end, so that it can count messages, and close in the way of the protocol.
 *
 * It closes like this: the client is told where a frame ends, and from then on nothing else reaches
 * it. What the client still sends goes to the upstream, up to its own Close frame, which so tells the
 * upstream. A client that does not answer is not waited for: the upstream is told instead of it.
 */
export class WebSocketTunnel extends Tunnel implements Timed, WebSocketRecord {
  deadline = 0;
  wheelSlot = -1;
  closeCode = 0;
  readonly #fromClient = new FrameTracker();
  readonly #fromUpstream = new FrameTracker();
  readonly #counts: WebSocketCounts;
  #end: WebSocketEnd | null = null;
  #closing: ClosingCause | null = null;
  #goodbye: 'not said' | 'waits for the end of a frame' | 'said' = 'not said';

  constructor(exchange: HttpExchange) {
    super(exchange);
    const { thread } = exchange;
    this.#counts = thread.webSocketCounts(exchange.routePlan!);
    this.#counts.opened();
    const { lifetime } = thread.settings.webSocket;
    if (lifetime > 0) thread.wheel.arm(this, thread.time, lifetime);
    thread.webSockets.add(this);
  }

  get routeId(): string {
    return this.exchange.routePlan!.id;
  }

  override get webSocket(): WebSocketRecord {
    return this;
  }

  get endedBy(): WebSocketEnd {
    // The client's end is always told of; the upstream's may also break.
    return this.#end ?? 'upstream';
  }

  get messagesIn(): number {
    return this.#fromClient.messages;
  }

  get messagesOut(): number {
    return this.#fromUpstream.messages;
  }

  override fromClient(data: Uint8Array): void {
    const tracker = this.#fromClient;
    const before = tracker.messages;
    tracker.track(data);
    this.#counts.received(data.length, tracker.messages - before);
    super.fromClient(data);
    if (tracker.closeCode === 0) return;
    this.#noteEnd('client', tracker.closeCode);
    if (this.#goodbye === 'said') this.exchange.thread.lifecycle.tunnelEnded(this.exchange);
  }

  override fromUpstream(data: Uint8Array): void {
    const tracker = this.#fromUpstream;
    if (this.#goodbye === 'said') return;
    const before = tracker.messages;
    let passing = data;
    if (this.#goodbye === 'not said') tracker.track(data);
    else passing = data.subarray(0, tracker.trackFrame(data));
    this.#counts.sent(passing.length, tracker.messages - before);
    this.send(passing);
    if (tracker.closeCode !== 0) this.#noteEnd('upstream', tracker.closeCode);
    if (this.#goodbye !== 'not said' && tracker.atBoundary) this.#sayGoodbye();
  }

  /** Closes in the way of the protocol. */
  close(cause: ClosingCause): void {
    const { exchange } = this;
    if (this.#closing !== null || exchange.finished) return;
    this.#closing = cause;
    exchange.thread.wheel.arm(this, exchange.thread.now(), CLOSE_PATIENCE);
    // The two ends are about to close by themselves.
    if (this.#end !== null) return;
    this.#noteEnd(cause.end, cause.code);
    if (this.#fromUpstream.atBoundary) this.#sayGoodbye();
    else this.#goodbye = 'waits for the end of a frame';
  }

  override onEnd(end: TunnelEnd): void {
    this.#noteEnd(end, 0);
    super.onEnd(end);
  }

  override onSilence(): void {
    this.close(CLOSING_CAUSES.idle);
  }

  onDeadline(): void {
    if (this.#closing === null) this.close(CLOSING_CAUSES.lifetime);
    else this.#giveUp(this.#closing);
  }

  override finish(): void {
    const { thread } = this.exchange;
    thread.wheel.release(this);
    thread.webSockets.delete(this);
    this.#counts.closed();
  }

  /** What is known first of the end is what is told of it. */
  #noteEnd(end: WebSocketEnd, code: number): void {
    if (this.#end !== null) return;
    this.#end = end;
    this.closeCode = code;
  }

  #sayGoodbye(): void {
    this.#goodbye = 'said';
    const { code, reason } = this.#closing!;
    // What has just passed may have been the upstream's own Close frame.
    if (this.#fromUpstream.closeCode === 0) this.send(closeFrame(code, reason));
  }

  /** The client did not answer, or one of the two did not finish its frame. */
  #giveUp({ code, reason }: ClosingCause): void {
    const { exchange } = this;
    const tracker = this.#fromClient;
    if (tracker.closeCode === 0 && tracker.atBoundary) {
      exchange.upstream?.writeTunnel(maskedCloseFrame(code, reason));
    }
    exchange.thread.lifecycle.tunnelEnded(exchange);
  }
}
