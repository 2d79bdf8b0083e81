import { OperatorError } from '../../errors.ts';
import { StoreUnavailable } from '../contract.ts';
import type { HealthRecord } from '../health.ts';
import type { Database, Dialect, Ending, Row, Session } from '../relational/database.ts';

/**
 * How long a server must have been away before nobody is made to wait for it, ms. One whose
 * connections were merely cut is found again sooner.
 */
const SURELY_AWAY = 1000;

/**
 * A database of which nothing is used before its tables were made sure of, nor while it is known to
 * be away.
 */
export class PreparedDatabase implements Database {
  readonly dialect: Dialect;
  readonly #database: Database;
  readonly #health: HealthRecord;
  readonly #prepare: () => Promise<unknown>;
  /** Gives up what is being read. */
  readonly #readers = new Set<(error: StoreUnavailable) => void>();
  #preparing: Promise<void> | null = null;
  #isReady = false;

  constructor(database: Database, health: HealthRecord, prepare: () => Promise<unknown>) {
    this.#database = database;
    this.#health = health;
    this.#prepare = prepare;
    this.dialect = database.dialect;
  }

  /** @throws StoreUnavailable, with an OperatorError as its cause when the tables do not fit */
  prepare(): Promise<void> {
    if (this.#isReady) return Promise.resolve();
    this.#preparing ??= this.#makeSure().finally(() => (this.#preparing = null));
    return this.#preparing;
  }

  read<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.#unlessAway(() => this.#database.read(work));
  }

  snapshot<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.#unlessAway(() => this.#database.snapshot(work));
  }

  /** Once begun it is waited for: nobody could tell what comes of it. */
  transaction<T>(
    work: (session: Session) => Promise<Ending<T>>,
  ): Promise<{ readonly value: T; readonly rows: readonly (readonly Row[])[] }> {
    return this.#use(() => this.#database.transaction(work));
  }

  /** To be called when the server was lost or found. */
  reachChanged(): void {
    if (this.#health.current.reachable) return;
    setTimeout(() => {
      const away = this.#away();
      if (away !== null) for (const giveUp of this.#readers) giveUp(away);
    }, SURELY_AWAY).unref();
  }

  /** After an error that says that the tables are not what they were: they are made sure of again. */
  doubt(error: unknown): void {
    if (!(error instanceof StoreUnavailable)) return;
    if (error.reason === 'schema' || error.reason === 'missing') this.#isReady = false;
  }

  async #unlessAway<T>(work: () => Promise<T>): Promise<T> {
    const { promise: lost, reject } = Promise.withResolvers<never>();
    this.#readers.add(reject);
    try {
      return await Promise.race([this.#use(work), lost]);
    } finally {
      this.#readers.delete(reject);
    }
  }

  async #use<T>(work: () => Promise<T>): Promise<T> {
    const away = this.#away();
    if (away !== null) throw away;
    await this.prepare();
    try {
      const value = await work();
      this.#health.found();
      return value;
    } catch (error) {
      this.doubt(error);
      throw error;
    }
  }

  /** Whoever listens for changes finds out when it is back. */
  #away(): StoreUnavailable | null {
    const { failure, current } = this.#health;
    if (failure === null || Date.now() - current.since < SURELY_AWAY) return null;
    const { reason, message, help } = failure;
    return new StoreUnavailable(reason, message, { cause: failure, help });
  }

  async #makeSure(): Promise<void> {
    try {
      await this.#prepare();
      this.#isReady = true;
    } catch (error) {
      const known =
        error instanceof OperatorError
          ? new StoreUnavailable('schema', error.message, { cause: error })
          : error;
      this.#health.note(known);
      throw known;
    }
  }
}
