import type { SessionEnd, SessionRecord } from '../../telemetry/session-record.ts';
import type { Arrival } from '../net/arrival.ts';
import type { Wire } from '../net/wire.ts';
import type { RouteSession } from '../open-sessions.ts';
import type { RoutePlan } from '../plan/plan.ts';
import { createRequestId } from '../request-id.ts';
import type { OpenConnection, ProxyThread } from '../thread.ts';
import type { Timed } from '../timer-wheel.ts';
import { askPlugins } from './ask-plugins.ts';
import { Flow } from './flow.ts';
import { breakOff, statusOf } from './session-end.ts';
import { StreamClient, type Introduction } from './stream-client.ts';
import { StreamDial } from './stream-dial.ts';

/** How long sides that were told of the end may take to close, ms. */
const LINGER_TIME = 2000;

type Side = 'client' | 'upstream';

const CONNECTING = 0;
const OPEN = 1;
/** Both sides were told that it is over. */
const CLOSING = 2;
const CLOSED = 3;
/** And told of. */
const DONE = 4;

/**
 * A stream: the connection of a client, the connection to an upstream that its route leads to, and
 * the bytes between the two, each way until its sender ends it.
 */
export class StreamSession implements OpenConnection, Timed, RouteSession {
  deadline = 0;
  wheelSlot = -1;
  readonly id = createRequestId();
  readonly route: RoutePlan | null;
  readonly #thread: ProxyThread;
  readonly #client: StreamClient;
  /** Where what the client says stands while it is looked at. */
  readonly #clientBuffer: Buffer;
  readonly #regret: Uint8Array | null;
  readonly #revision: number;
  readonly #startedAt: number;
  readonly #began: number;
  readonly #up: Flow;
  readonly #down: Flow;
  /** What the client has said before there was anybody to hear it, and whether that was all. */
  #rest: Buffer | null;
  #isAll = false;
  #dial: StreamDial | null = null;
  #upstream: Wire | null = null;
  #connectMs = -1;
  #state = CONNECTING;
  #reason: SessionEnd = 'completed';
  #endedBy: Side | 'gateway' = 'gateway';
  /** What receivers had not taken when that was last looked at. */
  #untaken = 0;

  constructor(thread: ProxyThread, arrival: Arrival<Wire>, introduction: Introduction) {
    const buffers = thread.streamBuffers;
    // A handshake has chosen its buffer already.
    const clientBuffer = arrival.tls === null ? buffers.reading : thread.buffer;
    const wire = arrival.open(clientBuffer, (length) => this.#onRead('client', length));
    // Until there is somebody to pass it on to, the system keeps what the client says.
    wire.pause();
    const client = new StreamClient(wire, arrival, introduction);
    this.#thread = thread;
    this.#client = client;
    this.#clientBuffer = clientBuffer;
    this.#regret = introduction.regret;
    this.#rest = arrival.rest;
    this.#began = thread.now();
    this.#startedAt = thread.clock.wall;
    this.#revision = thread.plan.revision;
    this.#up = new Flow(buffers);
    this.#down = new Flow(buffers);
    this.route = thread.plan.streams.match(client.query)?.route ?? null;
    this.#attend('client', wire);
    thread.sessionOpened(this);
    // Whoever made this is to know of it first.
    process.nextTick(() => this.#begin());
  }

  get routeId(): string | null {
    return this.route?.id ?? null;
  }

  get routeName(): string | null {
    return this.route?.name ?? null;
  }

  #begin(): void {
    if (this.#state !== CONNECTING) return;
    const service = this.route?.service ?? null;
    const refusal = this.#refusal();
    if (refusal !== undefined || service === null) {
      this.#refuse(refusal ?? 'no_service');
      return;
    }
    const buffer = this.#thread.streamBuffers.reading;
    const reading = { buffer, callback: (length: number) => this.#onRead('upstream', length) };
    this.#dial = new StreamDial(this.#thread, service, reading, {
      client: this.#client,
      onConnected: (wire) => this.#onConnected(wire),
      onNotConnected: (reason) => this.#refuse(reason),
    });
    this.#dial.start();
  }

  /** Why no service is asked; undefined when one is. */
  #refusal(): SessionEnd | undefined {
    if (this.route === null) return 'no_route';
    const refused = askPlugins(this, this.route, this.#client, this.#thread);
    return refused ?? (this.route.refusal?.reason as SessionEnd | undefined);
  }

  #onConnected(upstream: Wire): void {
    const client = this.#client.wire;
    this.#connectMs = this.#thread.now() - this.#began;
    this.#upstream = upstream;
    this.#state = OPEN;
    this.#attend('upstream', upstream);
    this.#up.open(client, upstream);
    this.#down.open(upstream, client);
    this.#stayAwake();
    const rest = this.#rest;
    this.#rest = null;
    if (rest === null || this.#up.pass(rest)) client.resume();
    if (this.#isAll) this.#onEnd('client');
  }

  #attend(side: Side, wire: Wire): void {
    const towards = side === 'client' ? this.#down : this.#up;
    wire.allowHalfOpen = true;
    wire.setNoDelay(true);
    wire.on('drain', () => {
      this.#stayAwake();
      towards.drained();
    });
    wire.on('end', () => this.#onEnd(side));
    wire.on('error', () => this.#onBroken(side));
    wire.on('close', () => this.#onClose());
  }

  #onRead(side: Side, length: number): boolean {
    const buffer = side === 'client' ? this.#clientBuffer : this.#thread.streamBuffers.reading;
    const chunk = buffer.subarray(0, length);
    if (this.#state === CONNECTING) return this.#keep(chunk);
    // What comes too late is thrown away, so that it does not keep its sender from closing.
    if (this.#state !== OPEN) return this.#state === CLOSING;
    this.#stayAwake();
    return (side === 'client' ? this.#up : this.#down).pass(chunk);
  }

  /** TLS hands over all that it has deciphered, even if reading was stopped: no more than once. */
  #keep(chunk: Uint8Array): false {
    this.#rest = Buffer.concat(this.#rest === null ? [chunk] : [this.#rest, chunk]);
    return false;
  }

  #onEnd(side: Side): void {
    if (this.#state === CONNECTING) this.#isAll = true;
    if (this.#state !== OPEN) return;
    if (!this.#up.ended && !this.#down.ended) this.#endedBy = side;
    this.#stayAwake();
    (side === 'client' ? this.#up : this.#down).end();
  }

  /** Something has happened: there is time again until the next thing must. */
  #stayAwake(): void {
    if (this.#state !== OPEN) return;
    const { readTimeout, writeTimeout } = this.route!.service!;
    const { wheel } = this.#thread;
    wheel.arm(this, this.#thread.now(), Math.max(readTimeout, writeTimeout));
  }

  onDeadline(): void {
    const untaken = this.#up.untaken + this.#down.untaken;
    if (this.#state === CLOSING) this.#destroy();
    else if (untaken === 0 || untaken === this.#untaken) this.#close('idle_timeout');
    else {
      // Somebody takes what is sent, but slowly.
      this.#untaken = untaken;
      this.#stayAwake();
    }
  }

  /** Nobody can tell whether one of the two still has something to say. */
  closeIfIdle(): void {}

  destroy(): void {
    this.#close('shutdown');
  }

  routeGone(): void {
    this.#close('route_removed');
  }

  #refuse(reason: SessionEnd): void {
    this.#reason = reason;
    if (reason === 'no_route' && this.#regret !== null) {
      this.#client.wire.write(this.#regret);
      this.#close(reason);
    } else this.#destroy();
  }

  /** Ends both sides in order: what was read from one still gets to the other. */
  #close(reason: SessionEnd): void {
    if (this.#state >= CLOSING) return;
    this.#reason = reason;
    this.#endedBy = 'gateway';
    this.#state = CLOSING;
    this.#dial?.cancel();
    this.#thread.wheel.arm(this, this.#thread.now(), LINGER_TIME);
    for (const wire of [this.#client.wire, this.#upstream]) {
      wire?.end();
      wire?.resume();
    }
  }

  /** One side broke off: the other must not take that for an end. */
  #onBroken(side: Side): void {
    if (this.#state < CLOSING) {
      this.#reason = side === 'client' ? 'client_aborted' : 'upstream_aborted';
      this.#endedBy = side;
      const other = side === 'client' ? this.#upstream : this.#client.wire;
      if (other !== null) breakOff(other);
    }
    this.#destroy();
  }

  #destroy(): void {
    if (this.#state === DONE) return;
    this.#state = CLOSED;
    this.#thread.wheel.release(this);
    this.#dial?.cancel();
    this.#client.wire.destroy();
    this.#upstream?.destroy();
  }

  #onClose(): void {
    if (this.#state === DONE) return;
    if (!this.#client.wire.closed || this.#upstream?.closed === false) return;
    const thread = this.#thread;
    this.#state = DONE;
    thread.wheel.release(this);
    this.#dial?.ended();
    thread.sessionEnded(this, this.#record());
    thread.connectionClosed(this);
  }

  #record(): SessionRecord {
    const { protocol, sni, tls, peerIp, peerPort, localPort } = this.#client;
    const service = this.route?.service ?? null;
    return {
      id: this.id,
      revision: this.#revision,
      startedAt: this.#startedAt,
      clientIp: peerIp,
      clientPort: peerPort,
      serverPort: localPort,
      ...{ protocol, sni, tls },
      routeId: this.routeId,
      routeName: this.routeName,
      serviceId: service?.id ?? null,
      serviceName: service?.name ?? null,
      bytesIn: this.#up.bytes,
      bytesOut: this.#down.bytes,
      totalMs: this.#thread.now() - this.#began,
      connectMs: this.#connectMs,
      tries: this.#dial?.tries ?? 0,
      upstreamAddress: this.#dial?.peer?.name ?? null,
      status: statusOf(this.#reason),
      reason: this.#reason,
      endedBy: this.#endedBy,
    };
  }
}
