import { UNIX_PEER, withoutIPv4Mapping } from '../client-address.ts';
import type { ProxiedAddresses } from '../net/arrival.ts';
import { BadProxyHeader, INCOMPLETE, readProxyHeader } from '../net/proxy-protocol.ts';
import { ProxySocket } from '../socket/proxy-socket.ts';
import type { OpenConnection, ProxyThread } from '../thread.ts';
import type { Timed } from '../timer-wheel.ts';

/** Why a connection got no further than its header: a label of metrics. */
export type ProxyHeaderFailure =
  'untrusted' | 'malformed' | 'disconnected' | 'timeout' | 'shutdown';

/**
 * Takes a connection whose header has been read.
 *
 * @param handle what Node keeps behind its socket
 * @param rest what came behind the header; null for nothing
 */
export type Admit = (
  handle: unknown,
  localPort: number,
  proxied: ProxiedAddresses | null,
  rest: Buffer | null,
) => OpenConnection;

/** What Node keeps behind a socket. */
interface Detachable {
  _handle: unknown;
}

/**
 * A connection that has to begin with a header of the PROXY protocol. Only peers that are trusted may
 * say who the client is, so nobody else gets any further.
 */
export class ProxyHeaderReader implements Timed, OpenConnection {
  deadline = 0;
  wheelSlot = -1;
  private readonly thread: ProxyThread;
  private readonly localPort: number;
  private readonly admit: Admit;
  private readonly socket: ProxySocket;
  private arrived: Buffer | null = null;
  private pending = true;

  /** @param handle of the accepted socket, detached from it */
  constructor(thread: ProxyThread, handle: unknown, localPort: number, admit: Admit) {
    this.thread = thread;
    this.localPort = localPort;
    this.admit = admit;
    const socket = ProxySocket.accept(handle, thread.buffer);
    this.socket = socket;
    socket.onRead = (length) => this.onRead(length);
    socket.on('end', () => this.failed('disconnected'));
    socket.on('error', () => this.failed('disconnected'));
    socket.on('close', () => this.closed());
    const peer = localPort === 0 ? UNIX_PEER : withoutIPv4Mapping(socket.remoteAddress ?? '');
    if (peer === '' || !thread.clientAddress.trusts(peer)) {
      // Whoever made this is to know of it first.
      process.nextTick(() => this.failed('untrusted'));
      return;
    }
    thread.wheel.arm(this, thread.now(), thread.settings.timeouts.head);
    socket.resume();
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
    try {
      const header = readProxyHeader(bytes);
      if (header === INCOMPLETE) return true;
      const rest = header.length < bytes.length ? bytes.subarray(header.length) : null;
      // The handle cannot change hands while it is being read from.
      setImmediate(() => this.passOn(header.addresses, rest));
    } catch (error) {
      if (!(error instanceof BadProxyHeader)) throw error;
      this.failed('malformed');
    }
    return false;
  }

  private passOn(proxied: ProxiedAddresses | null, rest: Buffer | null): void {
    if (!this.pending) return;
    this.pending = false;
    this.thread.wheel.release(this);
    const detachable = this.socket as unknown as Detachable;
    const handle = detachable._handle;
    detachable._handle = null;
    this.thread.connectionBecame(this, this.admit(handle, this.localPort, proxied, rest));
  }

  private failed(reason: ProxyHeaderFailure): void {
    if (!this.pending) return;
    this.pending = false;
    this.thread.wheel.release(this);
    this.thread.metrics.proxyHeaderFailed(reason);
    this.socket.destroy();
  }

  private closed(): void {
    this.failed('disconnected');
    this.thread.connectionClosed(this);
  }
}
