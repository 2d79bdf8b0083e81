import type { SessionEnd } from '../../telemetry/session-record.ts';
import type { Wire } from '../net/wire.ts';
import type { ServicePlan } from '../plan/plan.ts';
import type { ProxyThread } from '../thread.ts';
import type { Timed } from '../timer-wheel.ts';
import type { Asking, Placement } from '../upstream/balancing/algorithm.ts';
import { Peer } from '../upstream/balancing/balancer.ts';
import type { Reading } from '../socket/proxy-socket.ts';
import { PlainDialer, type Dialer } from '../upstream/dialer.ts';
import { endpointOf } from '../upstream/balancing/place.ts';
import type { ProxiedClient } from '../upstream/proxy-header.ts';

type Failure = 'connect' | 'timeout' | 'tls';

const ends: Readonly<Record<Failure, SessionEnd>> = {
  connect: 'bad_upstream',
  timeout: 'upstream_timeout',
  tls: 'upstream_tls',
};

/** Who wants a connection to an upstream, and for whom. */
export interface DialFor {
  readonly client: ProxiedClient;
  /** It stands. Nothing of what the upstream says was read before. */
  readonly onConnected: (wire: Wire) => void;
  /** No attempt led to one. */
  readonly onNotConnected: (reason: SessionEnd) => void;
}

/**
 * Gets a connection to an upstream of a service: picks a target, waits for the connection and, where
 * the service takes it, the handshake, and goes on to another target when that comes to nothing.
 */
export class StreamDial implements Timed, Asking {
  deadline = 0;
  wheelSlot = -1;
  tries = 0;
  /** The last one tried. */
  peer: Peer | null = null;
  placement: Placement | null = null;
  readonly clientIp: string;
  /** Nobody asks the client of a stream who it is, and it makes no request. */
  readonly consumer = null;
  readonly credential = null;
  readonly request = null;
  readonly pathPattern = null;
  readonly #thread: ProxyThread;
  readonly #service: ServicePlan;
  readonly #reading: Reading;
  #for: DialFor | null;
  /** The connection that is being waited for. */
  #wire: Wire | null = null;
  /** When the connection stood, ms on the thread's clock; -1 before. */
  #readyAt = -1;

  /** @param reading of what arrives once the connection stands */
  constructor(thread: ProxyThread, service: ServicePlan, reading: Reading, wanted: DialFor) {
    this.#thread = thread;
    this.#service = service;
    this.#reading = reading;
    this.#for = wanted;
    this.clientIp = wanted.client.peerIp;
  }

  /** Picks a target and goes there. */
  start(): void {
    const { balancer } = this.#service;
    const picked = balancer.pick(this);
    if (picked === undefined) {
      void balancer.whenResolved().then(() => {
        if (this.#for !== null) this.start();
      });
    } else if (typeof picked === 'string') {
      this.#giveUp(picked === 'name resolution failed' ? 'name_resolution' : 'no_peer');
    } else this.#attempt(picked);
  }

  /** Nobody waits for it any more. */
  cancel(): void {
    this.#for = null;
    this.#letGo()?.destroy();
  }

  /** What it got a connection for is over. */
  ended(): void {
    const failed = this.#readyAt === -1;
    this.placement?.ended(failed ? this.#thread.now() : this.#readyAt, failed);
  }

  onDeadline(): void {
    this.#failed('timeout');
  }

  #attempt(peer: Peer): void {
    const thread = this.#thread;
    this.peer = peer;
    this.tries++;
    const dialer = dialerTo(thread, this.#service, peer);
    const wire = this.#open(dialer);
    if (wire === null) return;
    this.#wire = wire;
    thread.upstreamOpen++;
    thread.wheel.arm(this, thread.now(), this.#service.connectTimeout);
    wire.once(dialer.readyEvent, () => this.#ready(wire));
    wire.on('error', (error: Error) => {
      const failure = dialer.isTlsFailure(error) ? 'tls' : 'connect';
      if (this.#wire === wire) this.#failed(failure);
    });
    wire.once('close', () => {
      thread.upstreamOpen--;
      if (this.#wire === wire) this.#failed('connect');
    });
  }

  #ready(wire: Wire): void {
    // The upstream was found to be somebody else, or it took too long.
    if (wire.destroyed || this.#wire !== wire) return;
    this.#letGo();
    this.#readyAt = this.#thread.now();
    this.peer!.health?.connected();
    const wanted = this.#for!;
    this.#for = null;
    wanted.onConnected(wire);
  }

  /** Null when it cannot even be tried. */
  #open(dialer: Dialer): Wire | null {
    try {
      return dialer.dial(this.#reading, this.#for!.client);
    } catch (error) {
      this.#thread.warn(`cannot connect to ${this.peer!.name}: ${(error as Error).message}`);
      this.#failed('connect');
      return null;
    }
  }

  #failed(failure: Failure): void {
    this.#letGo()?.destroy();
    const before = this.peer!;
    if (failure === 'timeout') before.health?.timedOut();
    else before.health?.disconnected();
    if (this.tries > this.#service.retries) this.#giveUp(ends[failure]);
    else if (failure === 'tls') this.#tryElsewhere(before);
    else this.start();
  }

  /** Who could not be trusted just now cannot be trusted a moment later. */
  #tryElsewhere(before: Peer): void {
    const peer = this.#service.balancer.pick(this);
    if (peer instanceof Peer && peer !== before) this.#attempt(peer);
    else this.#giveUp('upstream_tls');
  }

  #giveUp(reason: SessionEnd): void {
    const wanted = this.#for;
    this.#for = null;
    wanted?.onNotConnected(reason);
  }

  #letGo(): Wire | null {
    const wire = this.#wire;
    this.#wire = null;
    this.#thread.wheel.release(this);
    return wire;
  }
}

function dialerTo(thread: ProxyThread, { transport }: ServicePlan, peer: Peer): Dialer {
  return transport === null
    ? new PlainDialer(endpointOf(peer.address, peer.port), 0)
    : transport.dialerTo(thread, peer);
}
