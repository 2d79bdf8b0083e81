import { UNIX_PEER, withoutIPv4Mapping } from '../client-address.ts';
import type { ProxiedAddresses } from '../net/arrival.ts';
import { ProxySocket } from '../socket/proxy-socket.ts';
import type { OpenConnection, ProxyThread } from '../thread.ts';
import type { Timed } from '../timer-wheel.ts';

/**
 * Takes a connection whose prelude has been read.
 *
 * @param handle what Node keeps behind its socket
 * @param rest what arrived and is yet to be looked at; null for nothing
 */
export type Admit = (
  handle: unknown,
  localPort: number,
  proxied: ProxiedAddresses | null,
  rest: Buffer | null,
) => OpenConnection;

/** What is known of a connection before anything is read from it. */
export interface Accepted {
  readonly thread: ProxyThread;
  /** What Node keeps behind the accepted socket, detached from it. */
  readonly handle: unknown;
  /** 0 on a unix socket. */
  readonly localPort: number;
  readonly proxied: ProxiedAddresses | null;
  /** What was read before; null for nothing. */
  readonly rest: Buffer | null;
}

/** Why a prelude came to nothing that has nothing to do with its content. */
export type PreludeFailure = 'disconnected' | 'timeout' | 'shutdown';

/**
 * A connection whose first bytes decide what becomes of it. It reads until they are there, for a
 * while, and then hands the connection on with everything that was read.
 */
export abstract class Prelude implements Timed, OpenConnection {
  deadline = 0;
  wheelSlot = -1;
  protected readonly thread: ProxyThread;
  protected readonly localPort: number;
  protected readonly proxied: ProxiedAddresses | null;
  protected readonly socket: ProxySocket;
  private arrived: Buffer | null;
  private pending = true;

  constructor({ thread, handle, localPort, proxied, rest }: Accepted) {
    this.thread = thread;
    this.localPort = localPort;
    this.proxied = proxied;
    this.arrived = rest;
    const socket = ProxySocket.accept(handle, thread.buffer);
    this.socket = socket;
    socket.onRead = (length) => this.onRead(length);
    socket.on('end', () => this.failed('disconnected'));
    socket.on('error', () => this.failed('disconnected'));
    socket.on('close', () => this.closed());
  }

  /** Looks at what has arrived. @returns whether nothing more is needed; not when it has failed */
  protected abstract isComplete(bytes: Buffer): boolean;
  /** Makes the connection that this one goes on as. */
  protected abstract passOn(handle: unknown): OpenConnection;
  protected abstract count(failure: string): void;

  /** Address of the peer that opened the connection itself. */
  protected get peer(): string {
    if (this.localPort === 0) return UNIX_PEER;
    return withoutIPv4Mapping(this.socket.remoteAddress ?? '');
  }

  /** Begins to read. @param patience ms until all must have arrived */
  protected begin(patience: number): void {
    this.thread.wheel.arm(this, this.thread.now(), patience);
    const { arrived } = this;
    if (arrived === null) this.socket.resume();
    // Whoever made this is to know of it first.
    else process.nextTick(() => this.pending && this.look(arrived) && this.socket.resume());
  }

  onDeadline(): void {
    this.failed('timeout');
  }

  closeIfIdle(): void {
    this.destroy();
  }

  destroy(): void {
    this.failed('shutdown');
  }

  private onRead(length: number): boolean {
    if (!this.pending) return false;
    const piece = this.thread.buffer.subarray(0, length);
    const bytes = Buffer.concat(this.arrived === null ? [piece] : [this.arrived, piece]);
    this.arrived = bytes;
    return this.look(bytes);
  }

  /** @returns whether to read on */
  private look(bytes: Buffer): boolean {
    if (!this.isComplete(bytes)) return this.pending;
    // The handle cannot change hands while it is being read from.
    setImmediate(() => this.handOn());
    return false;
  }

  private handOn(): void {
    if (!this.pending) return;
    this.settle();
    this.thread.connectionBecame(this, this.passOn(this.socket.detach()));
  }

  protected failed(failure: string): void {
    if (!this.pending) return;
    this.settle();
    this.count(failure);
    this.closeSocket();
  }

  /** Closes a connection that comes to nothing. */
  protected closeSocket(): void {
    this.socket.destroy();
  }

  private settle(): void {
    this.pending = false;
    this.thread.wheel.release(this);
  }

  private closed(): void {
    this.failed('disconnected');
    this.thread.connectionClosed(this);
  }
}
