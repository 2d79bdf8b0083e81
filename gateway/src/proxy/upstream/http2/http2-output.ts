import type { CopyPool } from '../../copy-pool.ts';
import * as frames from '../../http2/frames.ts';
import { HpackEncoder } from '../../http2/hpack-encoder.ts';
import type { Wire } from '../../net/wire.ts';
import { requestBlock, trailerBlock } from './http2-request.ts';
import type { Http2Stream } from './http2-stream.ts';
import type { SendQueue } from './send-queue.ts';

/** Longest piece of a body that is written as text, together with what stands in front of it. */
const SMALL = 4096;

/** What goes to an upstream by HTTP/2: requests, and as much of their bodies as it takes. */
export class Http2Output {
  /** Bytes that the upstream takes on the connection. */
  window = frames.FIRST_WINDOW;
  readonly encoder = new HpackEncoder();
  readonly #wire: Wire;
  readonly #copies: CopyPool;
  readonly #scheme: 'http' | 'https';
  /** Those that wait for room. */
  readonly #queues = new Set<SendQueue>();
  #ended = false;

  constructor(wire: Wire, copies: CopyPool, scheme: 'http' | 'https') {
    this.#wire = wire;
    this.#copies = copies;
    this.#scheme = scheme;
  }

  /** The system does not take what is written. */
  get isBehind(): boolean {
    return this.#wire.isBehind;
  }

  write(text: string): void {
    if (!this.#ended) this.#wire.writeText(text);
  }

  /** Nothing more is sent. */
  end(): void {
    this.#ended = true;
    this.#queues.clear();
  }

  /**
   * Sends a request, in one piece where it is small.
   *
   * @param trailers lines, each ending in CRLF, or empty
   */
  begin(
    stream: Http2Stream,
    head: string,
    beginning: readonly Uint8Array[],
    complete: boolean,
    trailers: string,
  ): void {
    const { id } = stream;
    const block = requestBlock(this.encoder, head, this.#scheme);
    const body = beginning.length === 1 ? beginning[0]! : null;
    if (complete && trailers === '' && (beginning.length === 0 || body !== null)) {
      if (body === null || body.length === 0) {
        this.#head(block, frames.END_STREAM, id);
        return;
      }
      if (body.length <= SMALL && body.length <= Math.min(this.window, stream.queue.window)) {
        this.#spend(stream, body.length);
        const data = frames.dataFrame(body, frames.END_STREAM, id);
        this.write(frames.headFrames(block, 0, id, frames.FRAME_SIZE) + data);
        return;
      }
    }
    this.#wire.cork();
    this.#head(block, 0, id);
    for (const piece of beginning) stream.queue.write(piece, true);
    if (complete) stream.queue.end(trailers);
    this.#wire.uncork();
  }

  /** Longer frames than everybody takes would only make others wait. */
  #head(block: string, flags: number, id: number): void {
    this.write(frames.headFrames(block, flags, id, frames.FRAME_SIZE));
  }

  /**
   * Sends as much of `chunk` as the upstream takes.
   *
   * @param owned whether the bytes stay as they are
   * @returns how many bytes that was
   */
  data(stream: Http2Stream, chunk: Uint8Array, owned: boolean): number {
    const most = Math.min(chunk.length, this.window, stream.queue.window);
    let sent = 0;
    while (sent < most) {
      const piece = chunk.subarray(sent, Math.min(most, sent + frames.FRAME_SIZE));
      if (piece.length <= SMALL) this.write(frames.dataFrame(piece, 0, stream.id));
      else {
        this.#wire.cork();
        this.write(frames.frameHeader(piece.length, frames.DATA, 0, stream.id));
        if (owned) this.#wire.write(piece);
        else this.#copies.write(this.#wire, piece);
        this.#wire.uncork();
      }
      sent += piece.length;
    }
    if (sent > 0) this.#spend(stream, sent);
    return Math.max(0, sent);
  }

  #spend(stream: Http2Stream, bytes: number): void {
    this.window -= bytes;
    stream.queue.window -= bytes;
  }

  /** Ends a request's body. @param trailers lines, each ending in CRLF, or empty */
  endBody(stream: Http2Stream, trailers: string): void {
    const { END_STREAM } = frames;
    if (trailers === '') this.write(frames.frameHeader(0, frames.DATA, END_STREAM, stream.id));
    else this.#head(trailerBlock(this.encoder, trailers), END_STREAM, stream.id);
  }

  /** `queue` is to be flushed when there is room. */
  await(queue: SendQueue): void {
    this.#queues.add(queue);
  }

  /** Some wait for room. */
  get hasWaiting(): boolean {
    return this.#queues.size > 0;
  }

  /** Sends what waits, as far as there is room. */
  flush(): void {
    for (const queue of [...this.#queues]) {
      // One that still waits goes behind the others.
      this.#queues.delete(queue);
      if (!queue.flush()) this.#queues.add(queue);
      if (this.isBehind) return;
    }
  }
}
