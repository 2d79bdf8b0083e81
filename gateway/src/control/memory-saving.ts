import { setFlagsFromString } from 'node:v8';

/** Before Node 26 how often a thread looks whether it may collect cannot be chosen. */
const CAN_CHOOSE = Number.parseInt(process.versions.node) >= 26;
/** How often that is, ms. */
const LOOK = CAN_CHOOSE ? 500 : 8000;
/** Long enough for every thread to look and then to collect twice: it pauses in between; ms. */
const LONG_ENOUGH = LOOK + 5000;
/**
 * How much the heap of a thread may grow after such a collection until the next begins, percent. The
 * next load needs as much again before it lets go of what was there; left to itself the engine
 * would collect over and over meanwhile, which is a sixth of what a load costs.
 */
const ROOM = 200;

/**
 * Makes all threads save memory for a while. Each of them collects then what it can, in small steps
 * beside its work: that is what the engine does with threads that have nothing to do, which it does
 * not think of a thread that serves requests.
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
    // Otherwise the room that a collection leaves is taken away again soon after.
    setFlagsFromString('--no-scavenger-updates-allocation-limit');
  }

  begin(): void {
    this.end();
    setFlagsFromString('--optimize-for-size');
    setFlagsFromString(`--heap-growing-percent=${ROOM}`);
    this.#timer = setTimeout(() => this.end(), LONG_ENOUGH).unref();
  }

  end(): void {
    if (this.#timer === null) return;
    clearTimeout(this.#timer);
    this.#timer = null;
    setFlagsFromString('--no-optimize-for-size');
    setFlagsFromString('--heap-growing-percent=0');
  }
}
