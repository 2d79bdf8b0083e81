import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { MemorySaving } from './memory-saving.ts';

/** Growth of this thread's heap since its last collection that makes another one worth its time. */
const WORTH_WHILE = 1.5;
type Collect = (options: { readonly type: 'major'; readonly flavor: 'last-resort' }) => void;

/** Until a collection, by which time all threads should be done with the load, ms. */
const DELAY = 1000;
/** From one thread to the next, ms: all at once would take the processors from those who serve. */
const STEP = 300;

/**
 * Gives back the memory that loading a configuration took. Left to itself, each thread would keep
 * several times the size of the configuration: it allocates too little afterwards to ever come to a
 * collection.
 */
export class GarbageCollector {
  readonly #others: () => readonly (() => void)[];
  readonly #delay: number;
  readonly #saving = new MemorySaving();
  readonly #collectAtOnce: Collect;
  /** What was in use after the last collection, bytes. */
  #left = 0;
  #timer: NodeJS.Timeout | null = null;

  /** @param others has each of the other threads tidy up */
  constructor(others: () => readonly (() => void)[], delay = DELAY) {
    this.#others = others;
    this.#delay = delay;
    setFlagsFromString('--expose-gc');
    this.#collectAtOnce = runInNewContext('gc') as Collect;
    // What starts from now on is not meant to find it.
    setFlagsFromString('--no-expose-gc');
  }

  /** A load begins: what is to be collected waits until it is over. */
  hold(): void {
    this.#cancel();
    this.#saving.end();
  }

  /**
   * Has every thread collect in a while, if it is worth it, one after the other: those that serve in
   * small steps beside their work, this one at once.
   */
  collectSoon(): void {
    this.#cancel();
    this.#after(this.#delay, () => {
      const threads = [...this.#others(), () => this.#collectOwn()];
      this.#saving.begin(threads.length * STEP);
      this.#collect(threads);
    });
  }

  #collect([first, ...others]: readonly (() => void)[]): void {
    first?.();
    if (others.length > 0) this.#after(STEP, () => this.#collect(others));
  }

  /**
   * This thread serves no requests, so that it may stand still for some 100 ms: small steps would leave
   * 70 MB of what reading 10,000 consumers takes.
   */
  #collectOwn(): void {
    if (getHeapStatistics().used_heap_size < WORTH_WHILE * this.#left) return;
    // The flavour that also shrinks the heap.
    this.#collectAtOnce({ type: 'major', flavor: 'last-resort' });
    this.#left = getHeapStatistics().used_heap_size;
  }

  #after(ms: number, run: () => void): void {
    this.#timer = setTimeout(run, ms).unref();
  }

  #cancel(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
