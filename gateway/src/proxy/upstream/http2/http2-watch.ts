import type { ProxyThread } from '../../thread.ts';
import type { Timed } from '../../timer-wheel.ts';

/** How long an upstream may take to show that it is still there, ms. */
const PING_PATIENCE = 10_000;
/** How long an upstream may take to take the last of what is said, ms. */
const LINGER = 2000;

/** A connection of HTTP/2, as far as it matters how long is waited for what. */
export interface Watched {
  /** It stands. */
  readonly ready: boolean;
  /** Nothing is asked on it. */
  readonly isIdle: boolean;
  readonly isClosed: boolean;
  /** Asks the upstream for a sign of life. */
  ping(): void;
  /** Nobody has used it for too long. */
  retire(): void;
  /** The upstream shows no sign of life. */
  onSilence(): void;
  /** It was closed, and the upstream does not take what was said before. */
  destroy(): void;
}

/** The deadlines of a connection: of one that nobody uses, of a sign of life, and of its end. */
export class Http2Watch implements Timed {
  deadline = 0;
  wheelSlot = -1;
  readonly #thread: ProxyThread;
  readonly #connection: Watched;
  /** When something arrived last. */
  #heardAt = 0;
  #pinged = false;

  constructor(thread: ProxyThread, connection: Watched) {
    this.#thread = thread;
    this.#connection = connection;
  }

  /** Something has arrived just now. */
  heard(): void {
    this.#heardAt = this.#thread.time;
    this.#pinged = false;
  }

  /** Sets the deadline anew, as it is to be now. */
  set(): void {
    const { wheel, time, settings } = this.#thread;
    const { isIdle, ready } = this.#connection;
    if (isIdle) wheel.arm(this, time, settings.upstreamKeepalive.idleTimeout);
    else if (ready) wheel.arm(this, time, settings.upstreamHttp2.pingInterval);
    else wheel.disarm(this);
  }

  onDeadline(): void {
    if (this.#connection.isClosed) this.#connection.destroy();
    else if (this.#connection.isIdle) this.#connection.retire();
    else this.#onSilence();
  }

  #onSilence(): void {
    const { time, settings } = this.#thread;
    if (this.#pinged) this.#connection.onSilence();
    else if (time - this.#heardAt < settings.upstreamHttp2.pingInterval) this.set();
    else this.suspect();
  }

  /** Nothing came of a request: asks whether the upstream is still there. */
  suspect(): void {
    const { ready, isClosed } = this.#connection;
    if (!ready || this.#pinged || isClosed) return;
    this.#pinged = true;
    this.#connection.ping();
    this.#thread.wheel.arm(this, this.#thread.time, PING_PATIENCE);
  }

  /** The connection is closed: from now on only its end is waited for. */
  linger(): void {
    this.#thread.wheel.arm(this, this.#thread.time, LINGER);
  }

  release(): void {
    this.#thread.wheel.release(this);
  }
}
