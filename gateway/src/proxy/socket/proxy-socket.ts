import net from 'node:net';
import { getSystemErrorName } from 'node:util';
import { attendStream } from './attend-stream.ts';
import type { WireOwner } from './client-wire.ts';
import { readDirectly } from './direct-reads.ts';

/** Longest text that is written past the stream, bytes: so much Node tries to write without a copy. */
const MOST_AT_ONCE = 16 * 1024;

/** A write that the system is still at. */
interface PendingWrite {
  oncomplete: ((status: number) => void) | null;
}

/** What Node keeps behind a socket. */
interface Handle {
  readonly bytesWritten: number;
  /** @returns 0, the negated error number, or the write if the system could not take all of it */
  writeLatin1String(request: null, text: string): number | PendingWrite;
}

/** How what arrives on a connection is read. */
export interface Reading {
  readonly buffer: Uint8Array;
  /** So many bytes stand in the buffer. @returns false to read no more for now */
  readonly callback: (length: number) => boolean;
}

const readNoMore = (): boolean => false;

let pastStreams = false;

/** Lets texts be written past the stream from now on, or no longer. For the check that it works. */
export function writePastStreams(on: boolean): void {
  pastStreams = on;
}

/** Writes a short text where no stream is in charge any more; nothing where that does not work. */
export function writePast(handle: Handle, text: string): void {
  if (pastStreams) handle.writeLatin1String(null, text);
}

/**
 * A socket that gives short texts to the system itself where nothing waits in front of them. The
 * stream around a socket needs half a microsecond for each write and a turn of the event loop's queue
 * behind it; a proxied request has two writes, and nearly always the system takes them at once.
 */
export class ProxySocket extends net.Socket {
  /** Takes what was read: so many bytes in the buffer. @returns false to read no more for now */
  declare onRead: (length: number) => boolean;

  /** Bytes of a text that the system did not take at once. */
  private held = 0;

  /**
   * The socket of an accepted connection.
   *
   * @param handle of the accepted socket, detached from it
   * @param buffer where what is read stands while `onRead` is called
   */
  static accept(handle: unknown, buffer: Uint8Array): ProxySocket {
    const socket: ProxySocket = new ProxySocket({
      handle,
      allowHalfOpen: false,
      onread: { buffer, callback: (length: number) => socket.onRead(length) },
    } as net.SocketConstructorOpts);
    readDirectly(socket, handle);
    return socket;
  }

  /** A socket that connects to `place`. It can be written to at once. */
  static dial(place: net.TcpNetConnectOpts, { buffer, callback }: Reading): ProxySocket {
    const onread = { buffer, callback: (length: number) => socket.onRead(length) };
    const socket: ProxySocket = new ProxySocket({ noDelay: true, onread });
    socket.onRead = callback;
    socket.connect(place);
    const { _handle: handle } = socket as unknown as { _handle: unknown };
    // Nothing is left of one that failed at once.
    if (handle !== null) readDirectly(socket, handle);
    return socket;
  }

  /**
   * Leaves the connection to another socket. Node may keep this one for as long as the connection lives,
   * so nobody who has heard from it is kept with it.
   *
   * @returns what Node keeps behind the socket
   */
  detach(): unknown {
    const detachable = this as unknown as { _handle: unknown };
    const { _handle: handle } = detachable;
    detachable._handle = null;
    this.onRead = readNoMore;
    this.removeAllListeners();
    return handle;
  }

  attend(owner: WireOwner): void {
    attendStream(this, owner);
  }

  /** Bytes that were written and are not taken yet. */
  get untaken(): number {
    return this.writableLength + this.held;
  }

  /** Who writes is to wait for 'drain'. */
  get isBehind(): boolean {
    return this.held > 0 || this.writableNeedDrain;
  }

  /** Writes characters as bytes. @returns false when the writer is to wait for 'drain' */
  writeText(text: string): boolean {
    const handle = (this as unknown as { _handle: Handle | null })._handle;
    if (
      !pastStreams ||
      handle === null ||
      this.connecting ||
      this.held > 0 ||
      this.writableLength > 0 ||
      this.writableCorked > 0 ||
      this.writableEnded ||
      text.length > MOST_AT_ONCE ||
      text.length === 0
    ) {
      return this.write(text, 'latin1');
    }
    const result = handle.writeLatin1String(null, text);
    if (result === 0) return true;
    if (typeof result === 'number') this.failed(result);
    else this.hold(result, text.length);
    return false;
  }

  /** The system tells when it is done with `pending`, which it is before whatever is written next. */
  private hold(pending: PendingWrite, bytes: number): void {
    this.held = bytes;
    pending.oncomplete = (status) => {
      this.held = 0;
      if (status < 0) this.failed(status);
      else if (!this.destroyed && !this.writableNeedDrain) this.emit('drain');
    };
  }

  private failed(status: number): void {
    this.destroy(new Error(`write failed: ${getSystemErrorName(status)}`));
  }
}
