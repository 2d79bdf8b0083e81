import type { Database } from './database.ts';
import { forgetSome } from './history-table.ts';

/** How often it is looked for history that is too old, ms. */
const INTERVAL = 10 * 60_000;
/** Between two pieces of it, so that others get their turn, ms. */
const PAUSE = 1000;

/** Forgets old history, in the background and piece by piece. */
export class Forgetter {
  readonly #database: Database;
  #timer: NodeJS.Timeout;
  #stopped = false;

  constructor(database: Database) {
    this.#database = database;
    this.#timer = this.#in(PAUSE);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #run(): Promise<void> {
    let wait = INTERVAL;
    try {
      const { value } = await this.#database.transaction(async (session) => {
        const more = await forgetSome(this.#database.dialect, session, Date.now());
        return { value: more, last: [] };
      });
      if (value) wait = PAUSE;
    } catch {
      // The store is away or busy, which others notice who need it; old history can wait.
    }
    if (!this.#stopped) this.#timer = this.#in(wait);
  }

  #in(wait: number): NodeJS.Timeout {
    return setTimeout(() => void this.#run(), wait).unref();
  }
}
