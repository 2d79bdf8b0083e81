import { OperatorError } from '../errors.ts';
import type { Store } from './contract.ts';
import { HealthRecord } from './health.ts';
import { readConnectionUrl } from './postgres/connection-url.ts';
import { PostgresDatabase } from './postgres/postgres-database.ts';
import { migrationTarget as postgresTarget, openPostgresStore } from './postgres/postgres-store.ts';
import {
  migrate as migrateTables,
  migrationStatus as statusOfTables,
  type MigrationStatus,
  type MigrationTarget,
} from './relational/migrations/migrator.ts';
import { prepareDataFolder } from './sqlite/data-folder.ts';
import { SqliteDatabase } from './sqlite/sqlite-database.ts';
import { migrationTarget as sqliteTarget, openSqliteStore } from './sqlite/sqlite-store.ts';

export type { MigrationStatus } from './relational/migrations/migrator.ts';

/** A database, and where it is. */
export type StoreTarget =
  | { readonly kind: 'sqlite'; readonly folder: string }
  | { readonly kind: 'postgres'; readonly url: string; readonly poolSize?: number };

export interface OpenOptions {
  /** Whether tables are brought to the newest version; otherwise they have to be. True if absent. */
  readonly migrate?: boolean;
  /** Told what was done to the tables. */
  readonly log?: StoreLog;
}

export interface StoreLog {
  info(message: string, details?: object): void;
}

const DEFAULT_POOL_SIZE = 10;

/**
 * Opens a store that lasts. One in PostgreSQL is opened even while the server is away: `health` says
 * so, and what is asked of it fails until the server is there.
 *
 * @throws OperatorError when its tables are newer than the program, or older and not to be changed
 * @throws StoreUnavailable
 */
export function openStore(target: StoreTarget, options: OpenOptions = {}): Promise<Store> {
  const { migrate: mayMigrate = true, log } = options;
  const prepare = async (tables: MigrationTarget): Promise<void> => {
    if (!mayMigrate) return requireCurrent(tables);
    const done = await migrateTables(tables);
    if (done.length > 0) log?.info('the tables of the store were brought up to date', { done });
  };
  if (target.kind === 'sqlite') return openSqliteStore(target.folder, prepare);
  const { url, poolSize = DEFAULT_POOL_SIZE } = target;
  return openPostgresStore({ url, poolSize }, prepare);
}

/** @throws OperatorError, StoreUnavailable */
export function migrationStatus(target: StoreTarget): Promise<MigrationStatus> {
  return withTables(target, statusOfTables);
}

/**
 * Brings the tables to the newest version.
 *
 * @returns what was done
 * @throws OperatorError, StoreUnavailable
 */
export function migrate(target: StoreTarget): Promise<readonly string[]> {
  return withTables(target, migrateTables);
}

async function requireCurrent(target: MigrationTarget): Promise<void> {
  const { pending } = await statusOfTables(target);
  if (pending.length === 0) return;
  throw new OperatorError(`the tables of the database are out of date: ${pending.join('; ')}`, {
    help: 'Run `sluice migrate` first.',
  });
}

async function withTables<T>(
  target: StoreTarget,
  work: (target: MigrationTarget) => Promise<T>,
): Promise<T> {
  const health = new HealthRecord();
  if (target.kind === 'sqlite') {
    const database = new SqliteDatabase(prepareDataFolder(target.folder), health);
    return closing(database, () => work(sqliteTarget(database)));
  }
  const database = new PostgresDatabase(readConnectionUrl(target.url), 1, health);
  return closing(database, () => work(postgresTarget(database)));
}

async function closing<T>(
  database: { close(): Promise<void> },
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } finally {
    await database.close();
  }
}
