import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { MemorySaving } from './memory-saving.ts';

/** Growth since the last collection that makes another one worth its time. */
const WORTH_WHILE = 1.5;
type Collect = (options: { readonly type: 'major'; readonly flavor: 'last-resort' }) => void;

/**
 * Gives back the memory that loading a configuration took. Left to itself, each thread would keep
 * several times the size of the configuration: it allocates too little afterwards to ever come to a
 * collection.
 */
export class GarbageCollector {
  readonly #collect: Collect;
  readonly #delay: number;
  readonly #saving = new MemorySaving();
  /** What was in use after the last collection, bytes. */
  #left = 0;
  #timer: NodeJS.Timeout | null = null;

  /** @param delay until a collection, by which time others should be done with the load too; ms */
  constructor(delay = 1000) {
    this.#delay = delay;
    setFlagsFromString('--expose-gc');
    this.#collect = runInNewContext('gc') as Collect;
    // What starts from now on is not meant to find it.
    setFlagsFromString('--no-expose-gc');
  }

  /** A load begins: what is to be collected waits until it is over. */
  hold(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#saving.end();
  }

  /** Collects in a while if it is worth it: some 100 ms for 10,000 services, routes and consumers. */
  collectSoon(): void {
    if (this.#timer !== null) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      // Nothing may hold up the threads that serve requests: they do it in small steps. Each knows by
      // itself whether there is anything to collect.
      this.#saving.begin();
      this.#collectIfWorthWhile();
    }, this.#delay).unref();
  }

  #collectIfWorthWhile(): void {
    if (getHeapStatistics().used_heap_size < WORTH_WHILE * this.#left) return;
    // The flavour that also shrinks the heap.
    this.#collect({ type: 'major', flavor: 'last-resort' });
    this.#left = getHeapStatistics().used_heap_size;
  }
}
