import type { Revision } from './feed.ts';
import type { ThreadStatus } from '../status/status-source.ts';
import { ThreadSlot } from './thread-slot.ts';
import type { BroadcastMessage, ThreadSlotOptions } from './thread-slot.ts';

/** All proxy threads of the node. */
export class ThreadPool<S extends Revision> {
  readonly #slots: readonly ThreadSlot<S>[];
  readonly #ready = Promise.withResolvers<void>();
  readonly #listening = Promise.withResolvers<void>();
  #readyCount = 0;
  #listeningCount = 0;

  /**
   * Starts the threads.
   *
   * @param count how many, at least 1
   */
  constructor(count: number, options: ThreadSlotOptions<S>) {
    // Either may fail before anybody waits for it.
    this.#ready.promise.catch(() => {});
    this.#listening.promise.catch(() => {});
    this.#slots = Array.from(
      { length: count },
      (_, index) =>
        new ThreadSlot<S>(index, options, {
          ready: () => {
            if (++this.#readyCount === count) this.#ready.resolve();
          },
          listening: () => {
            if (++this.#listeningCount === count) this.#listening.resolve();
          },
          failed: (reason) => {
            if (this.#listeningCount >= count) return true;
            this.#ready.reject(new Error(reason));
            this.#listening.reject(new Error(reason));
            return false;
          },
        }),
    );
  }

  /** When all wait for a configuration. Rejects when one fails before: none is replaced then. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** When all listen for the first time. Rejects as `ready` does. */
  get listening(): Promise<void> {
    return this.#listening.promise;
  }

  get status(): ThreadStatus[] {
    return this.#slots.map((slot) => slot.status);
  }

  /** Threads that serve and have not said that they failed. */
  get healthy(): number {
    return this.#slots.filter((slot) => slot.healthy).length;
  }

  reopenLogs(): void {
    this.send({ type: 'reopen-logs' });
  }

  /** For each thread what has it tidy up. */
  get tidiers(): (() => void)[] {
    return this.#slots.map((slot) => () => slot.send({ type: 'tidy' }));
  }

  /** Tells every thread; one that starts later gets it with its seed. */
  send(message: BroadcastMessage): void {
    for (const slot of this.#slots) slot.send(message);
  }

  /**
   * Stops accepting, lets requests end, then ends the threads. None is replaced any more.
   *
   * @param timeout after which requests that have not ended are cut, ms
   */
  async drain(timeout: number): Promise<void> {
    await Promise.all(this.#slots.map((slot) => slot.drain(timeout)));
  }

  /** Ends all threads at once. */
  terminate(): void {
    for (const slot of this.#slots) slot.terminate();
  }
}
