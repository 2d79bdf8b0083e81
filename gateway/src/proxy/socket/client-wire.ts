/** Who sees to what happens on a socket. */
export interface WireOwner {
  /** What waited to be sent is sent. */
  onDrain(): void;
  /** The other end is gone, or out of reach. */
  onGone(): void;
  /** The socket is closed; nothing happens on it any more. */
  onClosed(): void;
}

/** A client's socket as connections with requests use it, whatever it is made of. */
export interface ClientWire {
  /** Takes what was read: so many bytes in the buffer. @returns false to read no more for now */
  onRead: (length: number) => boolean;
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  readonly localAddress?: string | undefined;
  readonly destroyed: boolean;
  /** Bytes that were written and are not taken yet. */
  readonly untaken: number;
  /** Who writes is to wait until its owner hears of `onDrain`. */
  readonly isBehind: boolean;

  /** Tells `owner` from now on, in place of who was told before, and sends without delay. */
  attend(owner: WireOwner): void;
  resume(): void;
  pause(): void;
  /** Writes characters as bytes. @returns false when the writer is to wait */
  writeText(text: string): boolean;
  /** @param done called once the bytes are needed no more. @returns false when the writer is to wait */
  write(bytes: Uint8Array, done?: () => void): boolean;
  /** Keeps what is written until `uncork`, so that it goes out together. */
  cork(): void;
  uncork(): void;
  /** Ends our side once everything is sent. */
  end(sent?: () => void): void;
  destroy(): void;
  /** Closes in a way that shows that something is missing. */
  resetAndDestroy(): void;
}
