import { ResponseHead } from '../../http1/response-head.ts';
import * as frames from '../../http2/frames.ts';
import type { Http2Stream } from './http2-stream.ts';

/** Streams that are begun before the upstream has said how many it takes. */
const FIRST_STREAMS = 100;
/** The last number that a stream can have. */
const LAST_STREAM = 0x7fff_fffd;
/** Heads that are kept to be used again. */
const MOST_SPARE = 16;

/** The streams of a connection to an upstream: those that are open, and how many there may be. */
export class Http2Streams {
  /** How many the upstream takes at a time. */
  most = FIRST_STREAMS;
  /** Bytes that the upstream takes on each new stream. */
  firstWindow = frames.FIRST_WINDOW;
  /** How many were ever begun. */
  begun = 0;
  readonly #open = new Map<number, Http2Stream>();
  /** Those whose heads wait for what comes right behind them. */
  #held: Http2Stream[] = [];
  readonly #spareHeads: ResponseHead[] = [];
  #next = 1;

  get isEmpty(): boolean {
    return this.#open.size === 0;
  }

  get isFull(): boolean {
    return this.#open.size >= this.most;
  }

  /** No number is left for another one. */
  get areSpent(): boolean {
    return this.#next > LAST_STREAM;
  }

  /** As they are now: any of them may end while one goes through. */
  all(): Http2Stream[] {
    return [...this.#open.values()];
  }

  get(id: number): Http2Stream | undefined {
    return this.#open.get(id);
  }

  /** Whether a stream of this number was ever begun. */
  wasBegun(id: number): boolean {
    return id % 2 === 1 && id < this.#next;
  }

  /** Gives a stream its number. */
  begin(stream: Http2Stream): void {
    stream.id = this.#next;
    this.#next += 2;
    this.begun++;
    this.#open.set(stream.id, stream);
  }

  /** @returns whether it was open */
  end(stream: Http2Stream): boolean {
    return this.#open.delete(stream.id);
  }

  /** The upstream takes so many bytes on each stream, also on those that are open. */
  setFirstWindow(size: number): void {
    for (const { queue } of this.#open.values()) queue.window += size - this.firstWindow;
    this.firstWindow = size;
  }

  /** The head of a stream waits for what comes right behind it. */
  holdHead(stream: Http2Stream): void {
    this.#held.push(stream);
  }

  releaseHeads(): void {
    if (this.#held.length === 0) return;
    const held = this.#held;
    this.#held = [];
    for (const stream of held) stream.releaseHead();
  }

  /** A head for the response of another stream. */
  takeHead(): ResponseHead {
    return this.#spareHeads.pop() ?? new ResponseHead();
  }

  /** Takes back a head that nobody looks at any more: it knows the fields that come again and again. */
  spare(head: ResponseHead): void {
    if (this.#spareHeads.length < MOST_SPARE) this.#spareHeads.push(head);
  }
}
