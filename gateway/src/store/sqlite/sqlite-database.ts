import { setTimeout as sleep } from 'node:timers/promises';
import { SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import { StoreUnavailable } from '../contract.ts';
import type { HealthRecord } from '../health.ts';
import { Queue } from '../queue.ts';
import {
  FailedStatement,
  type Database,
  type Dialect,
  type Ending,
  type Row,
  type Session,
} from '../relational/database.ts';
import { queryBuilder } from '../relational/query-builder.ts';
import { Connection } from './connection.ts';

/** How long it is tried to write to a file that another process has locked, ms. */
const LOCK_PATIENCE = 5000;
const LOCK_PAUSE = 10;

const builder = queryBuilder({
  createAdapter: () => new SqliteAdapter(),
  createIntrospector: (db) => new SqliteIntrospector(db),
  createQueryCompiler: () => new SqliteQueryCompiler(),
});

export const sqliteDialect: Dialect = {
  kind: 'sqlite',
  builder,
  rowsAtOnce: 1,
  locksRows: false,
  notification: null,
};

/** A file: one connection that writes, one piece of work at a time, and one that reads meanwhile. */
export class SqliteDatabase implements Database {
  readonly dialect = sqliteDialect;
  readonly #path: string;
  readonly #writer: Connection;
  readonly #reader: Connection;
  readonly #writers = new Queue();
  readonly #health: HealthRecord;

  /** @throws StoreUnavailable */
  constructor(path: string, health: HealthRecord) {
    this.#path = path;
    this.#health = health;
    this.#writer = new Connection(path, { readOnly: false });
    this.#reader = new Connection(path, { readOnly: true });
  }

  read<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.#watched(() => work(this.#reader));
  }

  /** Has a connection of its own, since a long look back must not be what others see. */
  snapshot<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.#watched(async () => {
      const connection = new Connection(this.#path, { readOnly: true });
      try {
        connection.exec('BEGIN');
        return await work(connection);
      } finally {
        connection.close();
      }
    });
  }

  transaction<T>(
    work: (session: Session) => Promise<Ending<T>>,
  ): Promise<{ readonly value: T; readonly rows: readonly (readonly Row[])[] }> {
    return this.#writers.run(() =>
      this.#watched(async () => {
        await this.#begin();
        try {
          const { value, last } = await work(this.#writer);
          if (last === null) return { value, rows: [] };
          const rows = await this.#writer.runAll(last);
          this.#writer.exec('COMMIT');
          return { value, rows };
        } catch (error) {
          throw error instanceof FailedStatement ? error.cause : error;
        } finally {
          // SQLite has ended it already after some errors.
          if (this.#writer.isInTransaction) this.#writer.exec('ROLLBACK');
        }
      }),
    );
  }

  /** A number that changes when somebody else has committed. */
  get dataVersion(): unknown {
    return this.#reader.pragma('data_version');
  }

  async close(): Promise<void> {
    await this.#writers.idle();
    this.#reader.close();
    this.#writer.close();
  }

  async #begin(): Promise<void> {
    const end = Date.now() + LOCK_PATIENCE;
    while (true) {
      try {
        this.#writer.exec('BEGIN IMMEDIATE');
        return;
      } catch (error) {
        const isLocked = error instanceof StoreUnavailable && error.reason === 'locked';
        if (!isLocked || Date.now() > end) throw error;
        await sleep(LOCK_PAUSE);
      }
    }
  }

  async #watched<T>(work: () => Promise<T>): Promise<T> {
    try {
      const value = await work();
      this.#health.found();
      return value;
    } catch (error) {
      this.#health.note(error);
      throw error;
    }
  }
}
