import { Worker } from 'node:worker_threads';
import type { FromThread, ThreadSeed, ToThread } from '../../snapshot/messages.ts';

export interface ProxyThreadEvents {
  message(thread: ProxyThread, message: FromThread): void;
  /** The thread has ended, whether it was told to or not. */
  gone(thread: ProxyThread, reason: string): void;
}

/** Time that a thread has to end by itself after its drain is over, ms. */
const EXIT_GRACE = 1000;

/** A running proxy thread, seen from the control thread. */
export class ProxyThread {
  readonly seed: ThreadSeed;
  readonly startedAt = performance.now();
  /** It was told to end: its end is no failure. */
  leaving = false;
  /** What the thread said was wrong, before its end. */
  complaint: string | null = null;
  readonly #worker: Worker;
  readonly #ended = Promise.withResolvers<void>();

  constructor(entry: URL, seed: ThreadSeed, events: ProxyThreadEvents) {
    this.seed = seed;
    const { old, young } = seed.settings.threadHeap;
    this.#worker = new Worker(entry, {
      name: `proxy ${seed.threadIndex}`,
      workerData: seed,
      resourceLimits: { maxOldGenerationSizeMb: old, maxYoungGenerationSizeMb: young },
    });
    let reason: string | null = null;
    this.#worker.on('message', (message: FromThread) => events.message(this, message));
    this.#worker.on('error', (error: unknown) => (reason = describe(error, old)));
    this.#worker.on('messageerror', (error) => (reason = describe(error, old)));
    this.#worker.on('exit', (code) => {
      this.#ended.resolve();
      events.gone(this, this.complaint ?? reason ?? `it exited with status ${code}`);
    });
  }

  /** What is sent to a thread that has ended is lost. */
  send(message: ToThread): void {
    this.#worker.postMessage(message);
  }

  /** Ends the thread at once. */
  terminate(): void {
    void this.#worker.terminate();
  }

  /**
   * Lets the thread's requests end and then the thread.
   *
   * @param timeout after which the thread is ended in any case, ms
   * @returns when it has ended
   */
  async leave(timeout: number): Promise<void> {
    this.leaving = true;
    this.send({ type: 'drain', timeout });
    const timer = setTimeout(() => this.terminate(), timeout + EXIT_GRACE);
    await this.#ended.promise;
    clearTimeout(timer);
  }
}

/** @param heap most memory for what lives long, MiB */
function describe(error: unknown, heap: number): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'ERR_WORKER_OUT_OF_MEMORY') return error.message;
  return `it ran out of memory: --thread-old-heap allows ${heap} MiB`;
}
