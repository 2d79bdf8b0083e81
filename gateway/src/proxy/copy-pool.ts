/** Pieces below this are copied into memory that Node hands out in slabs, bytes. */
const SMALL = 4096;

/** What is written to. */
interface Writable {
  write(bytes: Uint8Array, done?: () => void): boolean;
}

/** Buffers kept for reuse. */
const MOST_SPARE = 32;

/**
 * Copies what was read into buffers that are used again once they were written. What a socket cannot
 * send at once it keeps by reference, while the buffer that all sockets read into is overwritten by
 * the next read; a fresh buffer for every piece would leave tens of megabytes to the collector.
 */
export class CopyPool {
  private readonly size: number;
  private readonly spare: Buffer[] = [];

  /** @param size longest piece, bytes */
  constructor(size: number) {
    this.size = size;
  }

  /** Writes a copy of `chunk`. @returns false when the socket wants the writer to wait for 'drain' */
  write(socket: Writable, chunk: Uint8Array): boolean {
    const length = chunk.length;
    if (length < SMALL || length > this.size) return socket.write(Buffer.from(chunk));
    const buffer = this.spare.pop() ?? Buffer.allocUnsafeSlow(this.size);
    buffer.set(chunk);
    return socket.write(buffer.subarray(0, length), () => {
      if (this.spare.length < MOST_SPARE) this.spare.push(buffer);
    });
  }
}
