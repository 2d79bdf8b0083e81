import type net from 'node:net';
import { withoutIPv4Mapping } from '../client-address.ts';
import { UsualForwardedLines } from '../forwarded.ts';
import { ProxySocket } from '../socket/proxy-socket.ts';
import type { ProxyThread } from '../thread.ts';
import type { Timed } from '../timer-wheel.ts';
import { BODY, CLOSED, LINGER, WAIT, type ConnectionState } from './connection-state.ts';

/** How long, and how much, is read after the last response, so that the client gets to see it. */
const LINGER_TIME = 2000;
const MOST_LINGERED = 1024 * 1024;

/**
 * A client's socket: who is at its other end, how long it may take its time, and how it is closed
 * without losing what was sent. What arrives and what is answered is the business of the protocol.
 */
export abstract class ClientSocket implements Timed {
  deadline = 0;
  wheelSlot = -1;
  abstract readonly scheme: 'http' | 'https';
  readonly peerIp: string;
  readonly peerPort: number;
  readonly localPort: number;
  readonly trusted: boolean;
  readonly serial: number;

  protected readonly thread: ProxyThread;
  protected readonly socket: ProxySocket;
  protected state: ConnectionState = WAIT;
  protected paused = false;
  private forwarded: UsualForwardedLines | null = null;
  private lingered = 0;
  /** Bytes that the client had not taken when that was last looked at. */
  private untaken = 0;

  /** @param handle of the accepted socket, detached from it */
  constructor(thread: ProxyThread, handle: unknown, localPort: number) {
    this.thread = thread;
    this.localPort = localPort;
    const socket = new ProxySocket({
      handle,
      allowHalfOpen: false,
      onread: { buffer: thread.buffer, callback: (length: number) => this.onRead(length) },
    } as net.SocketConstructorOpts);
    this.socket = socket;
    this.peerIp = withoutIPv4Mapping(socket.remoteAddress ?? '');
    this.trusted = this.peerIp !== '' && thread.clientAddress.trusts(this.peerIp);
    this.peerPort = socket.remotePort ?? 0;
    this.serial = thread.nextSerial();
    socket.setNoDelay(true);
    socket.on('drain', () => this.onDrain());
    socket.on('end', () => this.onGone());
    socket.on('error', () => this.onGone());
    socket.on('close', () => this.onClosed());
  }

  /** Begins to read. */
  protected open(): void {
    this.thread.wheel.arm(this, this.thread.now(), this.thread.settings.timeouts.idle);
    this.socket.resume();
  }

  /** Made by the first request: connections that wait for one are to stay small. */
  get usualForwardedLines(): UsualForwardedLines {
    return (this.forwarded ??= new UsualForwardedLines(this.peerIp, this.scheme, this.localPort));
  }

  get localAddress(): string {
    return withoutIPv4Mapping(this.socket.localAddress ?? '');
  }

  /** So many bytes stand in the thread's buffer. @returns false to read no more for now */
  protected abstract onRead(length: number): boolean;
  /** What waited to be sent is sent. */
  protected abstract onDrain(): void;
  /** The client is gone, or must be. */
  protected abstract onGone(): void;
  abstract onDeadline(): void;
  /** Nothing is being asked: the connection can be closed without anybody losing anything. */
  abstract closeIfIdle(): void;

  /** Ends the connection whatever it is doing. */
  destroy(): void {
    this.onGone();
  }

  protected pauseReading(): void {
    this.paused = true;
    this.socket.pause();
  }

  /** Throws away what comes after the last response. */
  protected discard(bytes: number): void {
    this.lingered += bytes;
    if (this.lingered > MOST_LINGERED) this.close();
  }

  /** Ends our side, and reads on for a while once all of it is sent. */
  protected linger(): void {
    this.state = LINGER;
    if (this.socket.untaken === 0) {
      this.thread.wheel.arm(this, this.thread.now(), LINGER_TIME);
      this.socket.end();
      return;
    }
    this.awaitTaking();
    this.socket.end(() => {
      if (this.state === LINGER) this.thread.wheel.arm(this, this.thread.now(), LINGER_TIME);
    });
  }

  /** Sets the deadline for a client that does not keep up with what is sent to it. */
  protected awaitTaking(): void {
    // While a body arrives, its own deadline holds.
    if (this.state === BODY && this.deadline !== 0) return;
    this.untaken = this.socket.untaken;
    this.thread.wheel.arm(this, this.thread.now(), this.thread.settings.timeouts.send);
  }

  /** Gives a client more time that has taken something since it was last looked at. */
  protected isTaking(): boolean {
    const { untaken } = this.socket;
    if (untaken === 0 || untaken === this.untaken) return false;
    this.awaitTaking();
    return true;
  }

  protected close(): void {
    if (this.state === CLOSED) return;
    this.state = CLOSED;
    this.thread.wheel.release(this);
    this.socket.destroy();
  }

  private onClosed(): void {
    if (this.state !== CLOSED) this.onGone();
    this.thread.connectionClosed(this);
  }
}
