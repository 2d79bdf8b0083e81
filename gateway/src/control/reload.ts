import type { Revision } from './feed.ts';
import type { GatewayLog } from './gateway-log.ts';

/** A configuration that was not taken, with each thing that is wrong with it. */
export class ConfigurationError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigurationError';
    this.problems = problems;
  }
}

export interface ReloaderOptions<S extends Revision> {
  /**
   * Reads and validates the configuration.
   *
   * @throws ConfigurationError
   */
  readonly load: () => Promise<S>;
  /** Brings it to the threads. Rejects when one of them cannot compile it. */
  readonly publish: (snapshot: S) => Promise<void>;
  readonly log: GatewayLog;
}

/**
 * Takes the configuration anew whenever it is told to. One reload at a time; what is asked for
 * meanwhile is one more after it, since the file may have been read already.
 */
export class Reloader<S extends Revision> {
  readonly #options: ReloaderOptions<S>;
  #current: S;
  #again: string | null = null;
  #running: Promise<void> | null = null;

  /** @param current what is served now */
  constructor(current: S, options: ReloaderOptions<S>) {
    this.#current = current;
    this.#options = options;
  }

  /** The configuration that was taken last. */
  get current(): S {
    return this.#current;
  }

  /**
   * @param cause for the log
   * @returns when this reload and those asked for meanwhile are through, whether they were taken or not
   */
  reload(cause: string): Promise<void> {
    this.#again = cause;
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #run(): Promise<void> {
    while (this.#again !== null) {
      const cause = this.#again;
      this.#again = null;
      await this.#once(cause);
    }
  }

  async #once(cause: string): Promise<void> {
    const { load, publish, log } = this.#options;
    try {
      const next = await load();
      if (next.hash === this.#current.hash) {
        log.info('configuration unchanged', { cause, revision: this.#current.revision });
        return;
      }
      await publish(next);
      this.#current = next;
      log.info('configuration loaded', { cause, revision: next.revision, hash: next.hash });
    } catch (error) {
      const problems =
        error instanceof ConfigurationError ? error.problems : [(error as Error).message];
      for (const problem of problems) log.error(problem);
      log.error('configuration refused; the old one goes on serving', {
        cause,
        problems: problems.length,
        revision: this.#current.revision,
      });
    }
  }
}
