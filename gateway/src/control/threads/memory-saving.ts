import { setFlagsFromString } from 'node:v8';

/** Before Node 26 the engine does not know half of these switches. */
const CAN_CHOOSE = Number.parseInt(process.versions.node) >= 26;
/** After a collection, how long until a thread looks whether to collect once more, ms. */
const LOOK = CAN_CHOOSE ? 500 : 8000;
/** Long enough to collect twice; ms. */
const LONG_ENOUGH = LOOK + 5000;
/**
 * How much the heap of a thread may grow after such a collection until the next begins, percent. The
 * next load needs as much again before it lets go of what was there; left to itself the engine
 * would collect over and over meanwhile, which is a sixth of what a load costs.
 */
const ROOM = 200;
/**
 * Most that one collection moves together, MiB. That cannot be done in steps: with what the engine
 * does by itself, up to 12, requests wait for 50 ms. What stays apart costs a tenth more memory.
 */
const MOVED = 1;

/**
 * Makes all threads save memory for a while: a collection gives back what it can, and is followed by
 * another one half a second later, since the first leaves holes.
 *
 * The switches are those of the engine, for the whole process; it looks at them whenever it decides.
 * One that does not know them any more keeps more memory, and nothing worse happens.
 */
export class MemorySaving {
  #timer: NodeJS.Timeout | null = null;

  /** To be made before there are other threads. */
  constructor() {
    setFlagsFromString(`--gc-memory-reducer-start-delay-ms=${LOOK}`);
    if (!CAN_CHOOSE) return;
    setFlagsFromString(`--memory-reducer-delay-ms=${LOOK}`);
    setFlagsFromString('--memory-reducer-gc-count=1');
    // Otherwise the room that a collection leaves is taken away again soon after.
    setFlagsFromString('--no-scavenger-updates-allocation-limit');
    for (const kind of ['', '-for-reduce-memory', '-for-optimize-memory']) {
      setFlagsFromString(`--compaction-max-evacuated-bytes-mb${kind}=${MOVED}`);
    }
  }

  /** @param forMs how long collections may go on beginning */
  begin(forMs: number): void {
    this.end();
    setFlagsFromString('--optimize-for-size');
    setFlagsFromString(`--heap-growing-percent=${ROOM}`);
    this.#timer = setTimeout(() => this.end(), forMs + LONG_ENOUGH).unref();
  }

  end(): void {
    if (this.#timer === null) return;
    clearTimeout(this.#timer);
    this.#timer = null;
    setFlagsFromString('--no-optimize-for-size');
    setFlagsFromString('--heap-growing-percent=0');
  }
}
