import type { Revision } from './threads/feed.ts';
import type { GatewayLog } from './gateway-log.ts';
import { ConfigurationError } from './load.ts';
import type { ReloadStatus } from './status/status-source.ts';

export interface ReloaderOptions<S extends Revision> {
  /**
   * Reads and validates the configuration.
   *
   * @param revision for what is read
   * @throws ConfigurationError
   */
  readonly load: (revision: number) => Promise<S>;
  /** Brings it to the threads. Rejects when one of them cannot compile it. */
  readonly publish: (snapshot: S) => Promise<void>;
  readonly log: GatewayLog;
}

/**
 * Takes the configuration anew whenever it is told to. One reload at a time; what is asked for
 * meanwhile is one more after it, since the file may have been read already.
 */
export class Reloader<S extends Revision> {
  /** The last attempt, the first load included. */
  last: ReloadStatus | null = null;
  /** When a configuration was last taken, ms since the epoch. */
  lastSuccess: number | null = null;
  /** Attempts that were refused. */
  failures = 0;
  readonly #options: ReloaderOptions<S>;
  #current: S | null = null;
  /** Never used twice, so that a refused configuration is not mistaken for the one after it. */
  #revision = 0;
  #again: string | null = null;
  readonly #offers: (() => Promise<void>)[] = [];
  #running: Promise<void> | null = null;

  constructor(options: ReloaderOptions<S>) {
    this.#options = options;
  }

  /**
   * Loads the first configuration.
   *
   * @throws ConfigurationError, or why the threads cannot compile it
   */
  async first(): Promise<S> {
    return this.#take();
  }

  /**
   * Takes a configuration that is at hand in place of what would be loaded. Waits for a reload that
   * is under way.
   *
   * @param make gives the configuration the revision that it is to have
   * @returns what is served then
   * @throws why it was refused
   */
  async offer(make: (revision: number) => S): Promise<S> {
    const offered = Promise.withResolvers<S>();
    this.#offers.push(async () => {
      await this.#take((revision) => Promise.resolve(make(revision))).then(
        offered.resolve,
        offered.reject,
      );
    });
    void this.#start();
    return offered.promise;
  }

  /**
   * @param cause for the log
   * @returns when this reload and those asked for meanwhile are through, whether they were taken or not
   */
  reload(cause: string): Promise<void> {
    this.#again = cause;
    return this.#start();
  }

  #start(): Promise<void> {
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #run(): Promise<void> {
    for (;;) {
      const cause = this.#again;
      this.#again = null;
      const offer = this.#offers.shift();
      if (cause !== null) await this.#reload(cause);
      if (offer !== undefined) await offer();
      else if (cause === null) return;
    }
  }

  async #reload(cause: string): Promise<void> {
    const { log } = this.#options;
    const before = this.#current;
    try {
      const { revision, hash } = await this.#take();
      const message = before === this.#current ? 'configuration unchanged' : 'configuration loaded';
      log.info(message, { cause, revision, hash });
    } catch (error) {
      const problems = problemsOf(error);
      for (const problem of problems) log.error(problem);
      log.error('configuration refused; the old one goes on serving', {
        cause,
        problems: problems.length,
        revision: before?.revision,
      });
    }
  }

  /** @returns what is served then: what was loaded, or what says the same */
  async #take(load = this.#options.load): Promise<S> {
    const { publish } = this.#options;
    try {
      const next = await load(this.#revision + 1);
      const same = next.hash === this.#current?.hash ? this.#current : null;
      if (same === null) {
        this.#revision = next.revision;
        await publish(next);
        this.#current = next;
      }
      this.lastSuccess = Date.now();
      this.last = { time: this.lastSuccess, ok: true, errors: [] };
      return same ?? next;
    } catch (error) {
      this.failures++;
      this.last = { time: Date.now(), ok: false, errors: problemsOf(error) };
      throw error;
    }
  }
}

function problemsOf(error: unknown): readonly string[] {
  return error instanceof ConfigurationError ? error.problems : [(error as Error).message];
}
