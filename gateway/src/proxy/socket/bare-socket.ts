import type { ClientWire, WireOwner } from './client-wire.ts';
import { SOCKET, type BareHandle, type PendingWrite, type SocketName } from './bare-handle.ts';
import { streamBinding } from './stream-binding.ts';

/** Longest text that Node tries to write without a request for it, bytes. */
const MOST_AT_ONCE = 16 * 1024;

/**
 * An accepted socket without a stream around it. Of what a new connection costs, the stream is a third:
 * its two states, their queues and events, and the turns of the event loop that it takes to close. What
 * is left is what connections use: reads into one buffer, writes that the system takes at once or else
 * queues itself, and the end.
 *
 * What is called on the handle is not a documented interface; `checkBareSockets` proves that it works.
 */
export class BareSocket implements ClientWire {
  declare onRead: (length: number) => boolean;
  private owner: WireOwner | null = null;
  /** Null once it is closed, or closing. */
  private handle: BareHandle | null;
  private reading = false;
  private ended = false;
  /** Bytes that the system has not taken. */
  private held = 0;
  private corks = 0;
  /** What was written since it was corked: pieces, each with its encoding. */
  private corked: unknown[] | null = null;
  private corkedBytes = 0;
  private afterCorked: (() => void)[] | null = null;
  private peer: SocketName | null = null;

  /**
   * @param accepted what Node keeps behind the accepted socket, detached from it
   * @param buffer where what is read stands while `onRead` is called
   */
  constructor(accepted: unknown, buffer: Uint8Array) {
    const handle = accepted as BareHandle;
    this.handle = handle;
    handle[SOCKET] = this;
    handle.onread = onHandleRead;
    handle.useUserBuffer(buffer);
  }

  attend(owner: WireOwner): void {
    if (this.owner === null) this.handle?.setNoDelay?.(true);
    this.owner = owner;
  }

  get destroyed(): boolean {
    return this.handle === null;
  }

  get untaken(): number {
    return this.held + this.corkedBytes;
  }

  get isBehind(): boolean {
    return this.held > 0;
  }

  get remoteAddress(): string | undefined {
    return this.peerName.address;
  }

  get remotePort(): number | undefined {
    return this.peerName.port;
  }

  get localAddress(): string | undefined {
    const name: SocketName = {};
    this.handle?.getsockname?.(name);
    return name.address;
  }

  private get peerName(): SocketName {
    if (this.peer === null) {
      this.peer = {};
      this.handle?.getpeername?.(this.peer);
    }
    return this.peer;
  }

  resume(): void {
    if (this.reading || this.handle === null) return;
    this.reading = true;
    if (this.handle.readStart() < 0) this.destroy();
  }

  pause(): void {
    if (!this.reading || this.handle === null) return;
    this.reading = false;
    if (this.handle.readStop() < 0) this.destroy();
  }

  /** @param length of what was read; else the negated error number, or that of the end */
  take(length: number): void {
    if (length === 0 || this.handle === null) return;
    if (length < 0) this.owner!.onGone();
    else if (!this.onRead(length)) this.pause();
  }

  writeText(text: string): boolean {
    const { handle } = this;
    if (handle === null || this.ended || text.length === 0) return this.held === 0;
    if (this.corks > 0) return this.keep(text, text.length);
    if (text.length > MOST_AT_ONCE) return this.write(Buffer.from(text, 'latin1'));
    const result = handle.writeLatin1String(null, text);
    return result === 0 ? this.held === 0 : this.afterWrite(result, text.length, null);
  }

  write(bytes: Uint8Array, done: (() => void) | null = null): boolean {
    const { handle } = this;
    if (handle === null || this.ended || bytes.length === 0) {
      done?.();
      return this.held === 0;
    }
    if (this.corks > 0) {
      if (done !== null) (this.afterCorked ??= []).push(done);
      return this.keep(bytes, bytes.length);
    }
    return this.afterWrite(handle.writeBuffer(null, bytes), bytes.length, done, bytes);
  }

  cork(): void {
    this.corks++;
  }

  uncork(): void {
    if (--this.corks > 0) return;
    const { handle, corked, corkedBytes: bytes, afterCorked } = this;
    this.corked = null;
    this.corkedBytes = 0;
    this.afterCorked = null;
    const done = (): void => afterCorked?.forEach((each) => each());
    if (corked === null) return;
    if (handle === null) done();
    else this.afterWrite(handle.writev(null, corked, false), bytes, done, corked);
  }

  private keep(piece: string | Uint8Array, length: number): boolean {
    (this.corked ??= []).push(piece, 'latin1');
    this.corkedBytes += length;
    return this.held === 0;
  }

  /** @param kept what the system reads from as long as it is at it; null where it has a copy */
  private afterWrite(
    result: number | PendingWrite,
    bytes: number,
    done: (() => void) | null,
    kept: unknown = null,
  ): boolean {
    if (typeof result === 'number') {
      if (result < 0) this.destroy();
      done?.();
      return this.held === 0;
    }
    this.held += bytes;
    result.kept = kept;
    result.oncomplete = (status) => {
      this.held -= bytes;
      done?.();
      if (this.handle === null) return;
      if (status < 0) this.destroy();
      else if (this.held === 0) this.owner!.onDrain();
    };
    return false;
  }

  end(sent: () => void = nothing): void {
    const { handle } = this;
    if (handle === null || this.ended) return;
    this.ended = true;
    const request = new streamBinding!.ShutdownWrap();
    request.oncomplete = () => sent();
    // Above zero it is done at once; below, the client is gone, which the next read tells.
    if (handle.shutdown(request) !== 0) sent();
  }

  destroy(): void {
    const { handle } = this;
    if (handle === null) return;
    this.handle = null;
    handle.close(onHandleClosed);
  }

  resetAndDestroy(): void {
    const { handle } = this;
    // A unix socket cannot be reset.
    if (handle?.reset === undefined || handle.reset(onHandleClosed) !== 0) this.destroy();
    else this.handle = null;
  }

  /** The handle is closed. */
  closed(): void {
    this.owner?.onClosed();
  }
}

function nothing(): void {}

function onHandleRead(this: BareHandle): undefined {
  const { streamBaseState, kReadBytesOrError } = streamBinding!;
  this[SOCKET].take(streamBaseState[kReadBytesOrError]!);
  return undefined;
}

function onHandleClosed(this: BareHandle): void {
  this[SOCKET].closed();
}
