import { PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely';
import { Pool, type ClientBase, type PoolClient, type PoolConfig, type QueryConfig } from 'pg';
import { StoreUnavailable } from '../contract.ts';
import type { HealthRecord } from '../health.ts';
import {
  FailedStatement,
  type Database,
  type Dialect,
  type Ending,
  type Row,
  type Session,
} from '../relational/database.ts';
import { queryBuilder } from '../relational/query-builder.ts';
import { channels } from './channels.ts';
import type { ConnectionOptions } from './connection-url.ts';
import { Generations } from './generations.ts';
import { isConnectionLost, translated } from './pg-errors.ts';
import { PgSession } from './pg-session.ts';
import { types } from './pg-types.ts';

/** How long a transaction waits for rows that others have locked, ms. */
const LOCK_PATIENCE = 10_000;
/** How long a transaction may do nothing before the server ends it, ms. */
const IDLE_PATIENCE = 60_000;

/** The pool waits for what is done on connecting, of which its types do not know. */
type DurablePool = Omit<PoolConfig, 'onConnect'> & {
  readonly onConnect: (client: ClientBase) => Promise<void>;
};

const builder = queryBuilder({
  createAdapter: () => new PostgresAdapter(),
  createIntrospector: (db) => new PostgresIntrospector(db),
  createQueryCompiler: () => new PostgresQueryCompiler(),
});

export const postgresDialect: Dialect = {
  kind: 'postgres',
  builder,
  rowsAtOnce: 200,
  locksRows: true,
  notification: { sql: `NOTIFY ${channels.commits}`, parameters: [] },
};

/** A pool of connections to PostgreSQL. */
export class PostgresDatabase implements Database {
  readonly dialect = postgresDialect;
  readonly #pool: Pool;
  /** Takes note of failures; that the server was found is for those to say who use it. */
  readonly #health: HealthRecord;
  readonly #patience: number;
  readonly #generations = new Generations();

  constructor(options: ConnectionOptions, poolSize: number, health: HealthRecord) {
    this.#health = health;
    // What takes too long the server cancels by itself, if it is there.
    this.#patience = options.statement_timeout + options.connectionTimeoutMillis;
    const config: DurablePool = {
      ...options,
      max: poolSize,
      types,
      pipeline: true,
      keepAlive: true,
      lock_timeout: LOCK_PATIENCE,
      idle_in_transaction_session_timeout: IDLE_PATIENCE,
      client_encoding: 'UTF8',
      onConnect: (client) => makeDurable(client, options.connectionTimeoutMillis),
    };
    this.#pool = new Pool(config);
    // A connection that fails is noticed by whoever uses it; one that nobody uses just goes.
    const ignore = (): void => undefined;
    this.#pool.on('error', ignore);
    this.#pool.on('connect', (client) => {
      client.on('error', ignore);
      this.#generations.made(client);
    });
  }

  read<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.#twice((client) => work(this.#session(client)));
  }

  snapshot<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.#twice(async (client) => {
      const session = this.#session(client);
      await session.rows(plain('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'));
      try {
        return await work(session);
      } finally {
        await endQuietly(session);
      }
    });
  }

  transaction<T>(
    work: (session: Session) => Promise<Ending<T>>,
  ): Promise<{ readonly value: T; readonly rows: readonly (readonly Row[])[] }> {
    const commit = { isSent: false };
    return this.#twice(
      async (client) => {
        const begun = this.#session(client).rows(plain('BEGIN ISOLATION LEVEL READ COMMITTED'));
        // Whoever comes first to a failure tells it.
        begun.catch(() => undefined);
        const session = this.#session(client, begun);
        try {
          const { value, last } = await work(session);
          await begun;
          if (last === null) {
            await endQuietly(session);
            return { value, rows: [] };
          }
          commit.isSent = true;
          const rows = await session.sendAll([...last, plain('COMMIT')]);
          return { value, rows };
        } catch (error) {
          const cause = causeOf(error);
          if (!isConnectionLost(cause)) await endQuietly(session);
          throw commit.isSent ? lostAtCommit(cause) : cause;
        }
      },
      () => !commit.isSent,
    );
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  #session(client: PoolClient, begun?: Promise<unknown>): PgSession {
    return new PgSession(client, this.#patience, begun);
  }

  /**
   * Runs `work` on a connection. Those that the pool has kept may turn out to have been lost since,
   * when the server started anew: then it is run on one made afterwards, if that does no harm.
   */
  async #twice<T>(
    work: (client: PoolClient) => Promise<T>,
    mayRepeat: () => boolean = () => true,
  ): Promise<T> {
    try {
      return await this.#once(work);
    } catch (error) {
      if (!isConnectionLost(error) || !mayRepeat()) throw error;
      return this.#once(work);
    }
  }

  async #once<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    let client: PoolClient | undefined;
    let lost = false;
    try {
      client = await this.#connect();
      return await work(client);
    } catch (error) {
      lost = isConnectionLost(error);
      if (lost && client !== undefined) this.#generations.lost(client);
      this.#health.note(error);
      throw error;
    } finally {
      client?.release(lost);
    }
  }

  /** A connection, but none that is as old as one that was lost. */
  async #connect(): Promise<PoolClient> {
    try {
      for (;;) {
        const client = await this.#pool.connect();
        if (this.#generations.isNewest(client)) return client;
        client.release(true);
      }
    } catch (error) {
      const known = translated(error);
      if (known instanceof StoreUnavailable) throw known;
      const message = 'PostgreSQL cannot be reached';
      throw new StoreUnavailable('unreachable', message, { cause: error });
    }
  }
}

/**
 * Has commits of a connection wait for the disk, whatever the server, database or user has been told:
 * what was acknowledged has to outlive the server. Settings that wait for more, or without standbys,
 * stay; they are fixed, too, lest they change while the connection lasts.
 *
 * @param patience ms
 */
async function makeDurable(client: ClientBase, patience: number): Promise<void> {
  const query: QueryConfig & { query_timeout: number } = {
    text: `SELECT set_config('synchronous_commit',
      CASE setting WHEN 'off' THEN 'on' ELSE setting END, false)
      FROM current_setting('synchronous_commit') AS setting`,
    query_timeout: patience,
  };
  await client.query(query);
}

/** Takes back what was not committed. A connection on which that fails is of no more use anyway. */
async function endQuietly(session: Session): Promise<void> {
  try {
    await session.rows(plain('ROLLBACK'));
  } catch {
    // The server takes everything back by itself when it notices.
  }
}

function causeOf(error: unknown): unknown {
  return error instanceof FailedStatement ? error.cause : error;
}

/** Nobody can tell whether a server that was lost has still got the commit, and made it. */
function lostAtCommit(error: unknown): unknown {
  if (!(error instanceof StoreUnavailable) || error.reason !== 'unreachable') return error;
  return new StoreUnavailable(error.reason, error.message, {
    cause: error,
    help: error.help,
    mayBeDone: true,
  });
}

function plain(sql: string): { sql: string; parameters: [] } {
  return { sql, parameters: [] };
}
