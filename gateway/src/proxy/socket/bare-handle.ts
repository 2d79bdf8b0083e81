/** A write that the system is still at. */
export interface PendingWrite {
  oncomplete: ((status: number) => void) | null;
  /** What is to stay as it is until then. */
  kept?: unknown;
}

/** One end of a connection; empty for that of a unix socket, or when it is gone. */
export interface SocketName {
  address?: string;
  port?: number;
}

/** Leads from a handle to its socket. */
export const SOCKET = Symbol('socket');

/** Whose handle it is. */
interface HandleOwner {
  take(length: number): void;
  closed(): void;
}

/** What Node keeps behind a socket. Results below zero are negated error numbers. */
export interface BareHandle {
  [SOCKET]: HandleOwner;
  /** Called for every read; what it returns takes the place of the buffer that is read into. */
  onread: (this: BareHandle) => undefined;
  useUserBuffer(buffer: Uint8Array): void;
  readStart(): number;
  readStop(): number;
  /** @returns 0, or the write when the system could not take all of it; so with all that follow */
  writeLatin1String(request: null, text: string): number | PendingWrite;
  writeBuffer(request: null, bytes: Uint8Array): number | PendingWrite;
  /** @param pieces each followed by its encoding */
  writev(request: null, pieces: readonly unknown[], onlyBytes: false): number | PendingWrite;
  /** @returns 0 when `oncomplete` of the request will be called */
  shutdown(request: object): number;
  close(closed: (this: BareHandle) => void): void;
  // What unix sockets lack.
  reset?(closed: (this: BareHandle) => void): number;
  setNoDelay?(on: boolean): void;
  getpeername?(name: SocketName): number;
  getsockname?(name: SocketName): number;
}
