import type { Wire } from '../net/wire.ts';
import type { StreamBuffers } from '../stream-buffers.ts';

/** As much as may wait for a receiver before its sender has to wait as well, bytes. */
const ENOUGH = 64 * 1024;

/** One direction of a stream: what arrives on one socket goes out on another. */
export class Flow {
  /** Bytes that have arrived. */
  bytes = 0;
  /** The sender has said that nothing more comes. */
  ended = false;
  readonly #buffers: StreamBuffers;
  #from: Wire | null = null;
  #to: Wire | null = null;
  #paused = false;

  constructor(buffers: StreamBuffers) {
    this.#buffers = buffers;
  }

  open(from: Wire, to: Wire): void {
    this.#from = from;
    this.#to = to;
  }

  /** @param chunk only valid during the call. @returns false to read no more until `drained` */
  pass(chunk: Uint8Array): boolean {
    const to = this.#to!;
    this.bytes += chunk.length;
    this.#buffers.write(to, chunk);
    if (!to.isBehind || to.untaken < ENOUGH) return true;
    this.#paused = true;
    return false;
  }

  /** The receiver has taken what waited for it. */
  drained(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#from!.resume();
  }

  /** The sender has said that nothing more comes; neither will the receiver get more. */
  end(): void {
    this.ended = true;
    this.#to?.end();
  }

  /** Bytes that the receiver has not taken yet. */
  get untaken(): number {
    return this.#to?.untaken ?? 0;
  }
}
