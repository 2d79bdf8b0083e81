import { UNIX_PEER, withoutIPv4Mapping } from '../client-address.ts';
import { UsualForwardedLines } from '../forwarded.ts';
import type { Arrival, ProxiedAddresses, TlsDetails } from '../net/arrival.ts';
import type { ClientWire, WireOwner } from '../socket/client-wire.ts';
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
export abstract class ClientSocket implements Timed, WireOwner {
  deadline = 0;
  wheelSlot = -1;
  readonly scheme: 'http' | 'https';
  /** Name of the server that the client asked for in its TLS handshake; empty for none. */
  readonly sni: string;
  /** Null without TLS. */
  readonly tls: TlsDetails | null;
  readonly peerIp: string;
  readonly peerPort: number;
  readonly localPort: number;
  readonly trusted: boolean;
  readonly serial: number;

  protected readonly thread: ProxyThread;
  protected readonly socket: ClientWire;
  protected state: ConnectionState = WAIT;
  protected paused = false;
  private readonly proxied: ProxiedAddresses | null;
  private forwarded: UsualForwardedLines | null = null;
  private lingered = 0;
  /** Bytes that the client had not taken when that was last looked at. */
  private untaken = 0;

  constructor(thread: ProxyThread, arrival: Arrival, serial = thread.nextSerial()) {
    const { tls, proxied } = arrival;
    const socket = arrival.open(thread.buffer, (length) => this.onRead(length));
    this.thread = thread;
    this.socket = socket;
    this.tls = tls;
    this.proxied = proxied;
    this.scheme = tls === null ? 'http' : 'https';
    this.sni = tls === null ? '' : tls.sni;
    this.localPort = proxied?.destinationPort ?? portOf(arrival);
    this.peerIp = proxied?.sourceIp ?? peerOf(arrival, socket);
    this.peerPort = proxied?.sourcePort ?? socket.remotePort ?? 0;
    this.trusted = this.peerIp !== '' && thread.clientAddress.trusts(this.peerIp);
    this.serial = serial;
    socket.attend(this);
  }

  /** Begins to read. @param rest what arrived already */
  protected open(rest: Buffer | null): void {
    this.thread.wheel.arm(this, this.thread.now(), this.thread.settings.timeouts.idle);
    if (rest === null) this.socket.resume();
    // Whoever made this connection is to know of it before it does anything.
    else process.nextTick(() => this.readRest(rest));
  }

  private readRest(rest: Buffer): void {
    if (this.state === CLOSED) return;
    // Where it stands: it may be more than the thread's buffer holds.
    if (this.receive(rest, rest.length)) this.socket.resume();
  }

  /** Made by the first request: connections that wait for one are to stay small. */
  get usualForwardedLines(): UsualForwardedLines {
    return (this.forwarded ??= new UsualForwardedLines(this.peerIp, this.scheme, this.localPort));
  }

  get localAddress(): string {
    return this.proxied?.destinationIp ?? withoutIPv4Mapping(this.socket.localAddress ?? '');
  }

  /** So many bytes stand in the thread's buffer. @returns false to read no more for now */
  onRead(length: number): boolean {
    return this.receive(this.thread.buffer, length);
  }

  /**
   * Takes what arrived.
   *
   * @param buffer only valid during the call
   * @param length of what stands in it
   * @returns false to read no more for now
   */
  protected abstract receive(buffer: Buffer, length: number): boolean;
  /** What waited to be sent is sent. */
  abstract onDrain(): void;
  /** The client is gone, or must be. */
  abstract onGone(): void;
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
    // What was added since, such as answers to what it says, is not taken.
    if (untaken === 0 || untaken >= this.untaken) return false;
    this.awaitTaking();
    return true;
  }

  protected close(): void {
    if (this.state === CLOSED) return;
    this.state = CLOSED;
    this.thread.wheel.release(this);
    this.socket.destroy();
  }

  /**
   * Leaves the socket to a connection that speaks another protocol on it.
   *
   * @param rest what arrived already
   * @returns what that connection begins with
   */
  protected handOver(rest: Buffer): Arrival {
    this.state = CLOSED;
    this.thread.wheel.release(this);
    const { socket, tls, proxied } = this;
    return {
      localPort: this.peerIp === UNIX_PEER ? 0 : this.localPort,
      proxied,
      tls,
      rest,
      open(_buffer, onRead) {
        socket.onRead = onRead;
        return socket;
      },
    };
  }

  onClosed(): void {
    if (this.state !== CLOSED) this.onGone();
    this.thread.connectionClosed(this);
  }
}

/** On a unix socket clients come to no port: the usual one is told in its place. */
function portOf({ localPort, tls }: Arrival): number {
  if (localPort !== 0) return localPort;
  return tls === null ? 80 : 443;
}

function peerOf({ localPort }: Arrival, { remoteAddress }: ClientWire): string {
  return localPort === 0 ? UNIX_PEER : withoutIPv4Mapping(remoteAddress ?? '');
}
