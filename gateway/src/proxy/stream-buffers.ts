import { CopyPool } from './copy-pool.ts';
import type { Wire } from './net/wire.ts';

/**
 * Bytes of a stream that are read at once. Each piece wakes the receiver, which costs as much as the
 * copying of a hundred kilobytes: with pieces of 64 KiB a stream takes a quarter more of a core.
 */
const READ_SIZE = 256 * 1024;

/** Longest piece for which the buffers of requests are large enough, bytes. */
const USUAL_SIZE = 64 * 1024;

/** What the streams of a thread are read into, and copied to while their receivers are behind. */
export class StreamBuffers {
  readonly reading = Buffer.allocUnsafeSlow(READ_SIZE);
  readonly #usual: CopyPool;
  readonly #large = new CopyPool(READ_SIZE);

  /** @param usual for pieces of up to 64 KiB */
  constructor(usual: CopyPool) {
    this.#usual = usual;
  }

  /** Writes a copy of `chunk`. */
  write(to: Wire, chunk: Uint8Array): void {
    // Buffers that are used again are larger than what is in them: one for each receiver is enough.
    if (to.untaken > 0) to.write(Buffer.from(chunk));
    else (chunk.length <= USUAL_SIZE ? this.#usual : this.#large).write(to, chunk);
  }
}
