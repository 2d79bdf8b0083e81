import { StoreUnavailable, type Store } from '../../store/contract.ts';
import type { GatewayLog } from '../gateway-log.ts';

/** How often to look though nobody said that there is anything new, and for what has expired; ms. */
const ROUND = 5000;

/**
 * Of the control thread's time following takes this part at most: under a burst of changes several
 * are then taken at once. A single change never waits.
 */
const SHARE = 1 / 10;
const LONGEST_PAUSE = 50;

/** Calls `catchUp` soon after the store has changed, one call at a time. */
export class Following {
  readonly #store: Store;
  readonly #catchUp: () => Promise<void>;
  readonly #log: GatewayLog;
  #held = true;
  #again = false;
  #running: Promise<void> | null = null;
  #unwatch: (() => void) | null = null;
  #timer: NodeJS.Timeout | null = null;
  #wasReachable = true;

  constructor(store: Store, catchUp: () => Promise<void>, log: GatewayLog) {
    this.#store = store;
    this.#catchUp = catchUp;
    this.#log = log;
  }

  /** Begins to listen; what is heard before `release` is followed then. */
  start(): void {
    this.#wasReachable = this.#store.health.reachable;
    this.#unwatch = this.#store.watch(() => this.wake());
    this.#timer = setInterval(() => void this.#round(), ROUND).unref();
  }

  release(): void {
    this.#held = false;
    this.wake();
  }

  stop(): void {
    this.#held = true;
    this.#unwatch?.();
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  wake(): void {
    this.#noteReach();
    this.#again = true;
    if (!this.#held) this.#running ??= this.#run().finally(() => (this.#running = null));
  }

  /** Resolves when everything that is committed by now was taken. */
  async now(): Promise<void> {
    this.wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#again && !this.#held) {
      this.#again = false;
      const before = process.threadCpuUsage();
      try {
        await this.#catchUp();
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) {
          this.#log.error(`following the store failed: ${(error as Error).message}`);
        }
        this.#noteReach();
        return;
      }
      const { user, system } = process.threadCpuUsage(before);
      const spent = (user + system) / 1000;
      await pause(Math.min(LONGEST_PAUSE, spent * (1 / SHARE - 1)));
    }
  }

  async #round(): Promise<void> {
    this.wake();
    try {
      await this.#store.sweepExpired();
    } catch (error) {
      if (error instanceof StoreUnavailable) return;
      this.#log.error(`deleting what has expired failed: ${(error as Error).message}`);
    }
  }

  /** Says when the store goes away, and when it is back. */
  #noteReach(): void {
    const { reachable, problem } = this.#store.health;
    if (reachable === this.#wasReachable) return;
    this.#wasReachable = reachable;
    if (reachable) this.#log.info('the store of the configuration is back');
    else {
      this.#log.error(
        'the store of the configuration is away; what was configured goes on serving',
        {
          problem,
        },
      );
    }
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
