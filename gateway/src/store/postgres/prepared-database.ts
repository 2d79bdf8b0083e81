import { OperatorError } from '../../errors.ts';
import { StoreUnavailable } from '../contract.ts';
import type { Database, Dialect, Ending, Row, Session } from '../relational/database.ts';

/** A database of which nothing is used before its tables were made sure of. */
export class PreparedDatabase implements Database {
  readonly dialect: Dialect;
  readonly #database: Database;
  readonly #prepare: () => Promise<unknown>;
  #preparing: Promise<void> | null = null;
  #isReady = false;

  constructor(database: Database, prepare: () => Promise<unknown>) {
    this.#database = database;
    this.#prepare = prepare;
    this.dialect = database.dialect;
  }

  /** @throws StoreUnavailable, with an OperatorError as its cause when the tables do not fit */
  prepare(): Promise<void> {
    if (this.#isReady) return Promise.resolve();
    this.#preparing ??= this.#makeSure().finally(() => (this.#preparing = null));
    return this.#preparing;
  }

  async read<T>(work: (session: Session) => Promise<T>): Promise<T> {
    await this.prepare();
    return this.#database.read(work);
  }

  async snapshot<T>(work: (session: Session) => Promise<T>): Promise<T> {
    await this.prepare();
    return this.#database.snapshot(work);
  }

  async transaction<T>(
    work: (session: Session) => Promise<Ending<T>>,
  ): Promise<{ readonly value: T; readonly rows: readonly (readonly Row[])[] }> {
    await this.prepare();
    return this.#database.transaction(work);
  }

  async #makeSure(): Promise<void> {
    try {
      await this.#prepare();
      this.#isReady = true;
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error;
      throw new StoreUnavailable('schema', error.message, { cause: error });
    }
  }
}
