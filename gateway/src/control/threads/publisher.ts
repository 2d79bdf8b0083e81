import type { ToThread } from '../../snapshot/messages.ts';
import type { Change } from '../../snapshot/records.ts';
import { DeltaChunks } from './delta-chunks.ts';
import { Feed } from './feed.ts';
import type { Revision } from './feed.ts';

/** What leads from one configuration to another; `from` is null for a thread that has none yet. */
export type Delta<S> = (from: S | null, to: S) => Iterable<Change>;

/** A configuration that a thread could not compile. The one before is served again everywhere. */
export class RefusedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RefusedError';
  }
}

/**
 * Brings all proxy threads to the newest configuration. Each goes at its own pace; a thread that
 * joins is brought there from nothing.
 */
export class Publisher<S extends Revision> {
  readonly #delta: Delta<S>;
  readonly #feeds = new Set<Feed<S>>();
  #target: S | null = null;
  /** The last one that every thread served. */
  #good: S | null = null;
  #waiting: PromiseWithResolvers<void>[] = [];
  /** The delta that was opened last, for those who want the same. */
  #opened: { from: S | null; to: S; chunks: DeltaChunks } | null = null;

  constructor(delta: Delta<S>) {
    this.#delta = delta;
  }

  /**
   * Makes this the configuration to serve. One that is still being published is overtaken.
   *
   * @returns when every thread serves it, or one that was published later
   * @throws RefusedError when a thread cannot compile it; all go back to what was served before
   */
  publish(snapshot: S): Promise<void> {
    const waiting = Promise.withResolvers<void>();
    this.#waiting.push(waiting);
    this.#turnTo(snapshot);
    this.#check();
    return waiting.promise;
  }

  /** Adds a thread that waits for a configuration. Its answers go to `receive` of the feed. */
  attach(send: (message: ToThread) => void): Feed<S> {
    const feed: Feed<S> = new Feed<S>({
      send,
      open: (from, to) => this.#open(from, to),
      onServed: () => this.#check(),
      onRefused: (snapshot, message) => this.#refused(snapshot, message),
    });
    this.#feeds.add(feed);
    if (this.#target !== null) feed.want(this.#target);
    return feed;
  }

  /** Forgets a thread that has ended or is about to. */
  detach(feed: Feed<S>): void {
    this.#feeds.delete(feed);
    this.#check();
  }

  /**
   * The oldest configuration that a thread serves; null while no thread serves any. A thread that has
   * none yet does not listen either.
   */
  get served(): Revision | null {
    let oldest: S | null = null;
    for (const { served } of this.#feeds) {
      if (served !== null && (oldest === null || served.revision < oldest.revision)) {
        oldest = served;
      }
    }
    return oldest;
  }

  /** What all threads serve or are on their way to; null before there is anything. */
  get newest(): S | null {
    return this.#target;
  }

  /** The configuration that is on its way to the threads; null when all of them serve it. */
  get pending(): Revision | null {
    return this.#waiting.length > 0 ? this.#target : null;
  }

  #turnTo(snapshot: S): void {
    this.#target = snapshot;
    for (const feed of this.#feeds) feed.want(snapshot);
  }

  #open(from: S | null, to: S): () => string | undefined {
    const opened = this.#opened;
    if (opened?.from === from && opened.to === to && !opened.chunks.begun) {
      return opened.chunks.join();
    }
    const chunks = new DeltaChunks(this.#delta(from, to));
    this.#opened = { from, to, chunks };
    return chunks.join();
  }

  #check(): void {
    const target = this.#target;
    if (target === null || this.#feeds.size === 0) return;
    for (const feed of this.#feeds) if (feed.served !== target) return;
    this.#good = target;
    this.#opened = null;
    for (const waiting of this.#waiting.splice(0)) waiting.resolve();
  }

  #refused(snapshot: S, message: string): void {
    // What others serve cannot be given up for one thread: that thread is what needs replacing.
    if (snapshot !== this.#target || snapshot === this.#good) return;
    this.#target = this.#good;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(new RefusedError(message));
    if (this.#good !== null) this.#turnTo(this.#good);
  }
}
