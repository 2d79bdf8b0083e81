import { OperatorError } from '../../errors.ts';
import { StoreUnavailable, type Store } from '../contract.ts';
import { HealthRecord } from '../health.ts';
import type { Database } from '../relational/database.ts';
import { migrate, type MigrationTarget } from '../relational/migrations/migrator.ts';
import { RelationalStore } from '../relational/relational-store.ts';
import { Watchers } from '../watchers.ts';
import { readConnectionUrl } from './connection-url.ts';
import { channels } from './channels.ts';
import { Listener } from './listener.ts';
import { PostgresDatabase } from './postgres-database.ts';
import { PreparedDatabase } from './prepared-database.ts';

export interface PostgresOptions {
  readonly url: string;
  /** Most connections at once, besides the one that listens. */
  readonly poolSize: number;
}

/**
 * Opens a store in PostgreSQL. When the server is away the store is opened nevertheless, and used as
 * soon as the server is there.
 *
 * @param prepare brings the tables to the version that the program needs, or finds out that it
 *   cannot work with them
 * @throws OperatorError when the tables are of another version, or the URL is wrong
 */
export async function openPostgresStore(
  { url, poolSize }: PostgresOptions,
  prepare: (target: MigrationTarget) => Promise<unknown> = migrate,
): Promise<Store> {
  const options = readConnectionUrl(url);
  const watchers = new Watchers();
  const health = new HealthRecord(() => {
    database.reachChanged();
    watchers.call();
  });
  const pool = new PostgresDatabase(options, poolSize, health);
  const database = new PreparedDatabase(pool, health, () => prepare(migrationTarget(pool)));
  try {
    await database.prepare();
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) {
      await pool.close();
      throw error;
    }
    if (error.cause instanceof OperatorError) {
      await pool.close();
      throw error.cause;
    }
  }
  const messages = new Watchers<[message: string]>();
  const listener = new Listener({
    options,
    health,
    prepare: () => database.prepare(),
    onFailure: (error) => database.doubt(error),
    onCommit: () => watchers.call(),
    onMessage: (message) => messages.call(message),
  });
  return new RelationalStore({
    database,
    watchers,
    messages,
    send: async (message) => {
      const notify = { sql: 'SELECT pg_notify($1, $2)', parameters: [channels.messages, message] };
      await database.read((session) => session.rows(notify));
    },
    health: () => health.current,
    close: async () => {
      await listener.stop();
      await pool.close();
    },
  });
}

/** A number that only migrations of Sluice lock. */
const MIGRATION_LOCK = 7_283_904_615;

export function migrationTarget(database: Database): MigrationTarget {
  return {
    database,
    hasTable: {
      sql: "SELECT 1 WHERE to_regclass('schema_migrations') IS NOT NULL",
      parameters: [],
    },
    lock: [
      // Whoever migrates may take long, and whoever waits for it, too.
      { sql: 'SET LOCAL statement_timeout = 0', parameters: [] },
      { sql: 'SET LOCAL lock_timeout = 0', parameters: [] },
      {
        sql: `SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`,
        parameters: [],
        mayTakeLong: true,
      },
    ],
  };
}
