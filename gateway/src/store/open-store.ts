import type { Store } from './contract.ts';
import { HealthRecord } from './health.ts';
import { noStore } from './no-store.ts';
import { readConnectionUrl } from './postgres/connection-url.ts';
import { PostgresDatabase } from './postgres/postgres-database.ts';
import { migrationTarget as postgresTarget, openPostgresStore } from './postgres/postgres-store.ts';
import {
  migrate as migrateTables,
  migrationStatus as statusOfTables,
  type MigrationStatus,
  type MigrationTarget,
} from './relational/migrations/migrator.ts';
import { hasDatabaseFile, prepareDatabaseFile } from './sqlite/database-file.ts';
import { SqliteDatabase } from './sqlite/sqlite-database.ts';
import { migrationTarget as sqliteTarget, openSqliteStore } from './sqlite/sqlite-store.ts';

export type { MigrationStatus } from './relational/migrations/migrator.ts';

/** A database, and where it is. */
export type StoreTarget =
  | { readonly kind: 'sqlite'; readonly folder: string }
  | { readonly kind: 'postgres'; readonly url: string; readonly poolSize?: number };

export interface OpenOptions {
  /** Whether a store is made where there is none; otherwise that is an error. True if absent. */
  readonly create?: boolean;
  /** Told what was made, or done to the tables. */
  readonly log?: StoreLog;
}

export interface StoreLog {
  info(message: string, details?: object): void;
}

const DEFAULT_POOL_SIZE = 10;

/**
 * Opens a store that lasts, its tables brought to the newest version. One in PostgreSQL is opened
 * even while the server is away: `health` says so, and what is asked of it fails until the server is
 * there.
 *
 * @throws OperatorError when its tables are newer than the program, or there is none and none is to
 *   be made
 * @throws StoreUnavailable
 */
export async function openStore(target: StoreTarget, options: OpenOptions = {}): Promise<Store> {
  const { create = true, log } = options;
  const place = placeOf(target);
  const prepare = async (tables: MigrationTarget): Promise<void> => {
    const isNew = (await statusOfTables(tables)).current === 0;
    if (isNew && !create) throw noStore(place);
    const done = await migrateTables(tables);
    if (done.length === 0) return;
    if (isNew) log?.info(`created a new store in ${place}`);
    else log?.info('the tables of the store were brought up to date', { done });
  };
  if (target.kind === 'sqlite') {
    // Opening a file that is not there would make it.
    if (!create && !hasDatabaseFile(target.folder)) throw noStore(place);
    return openSqliteStore(target.folder, prepare);
  }
  const { url, poolSize = DEFAULT_POOL_SIZE } = target;
  return openPostgresStore({ url, poolSize }, prepare);
}

/** Where a store is, in words that hold no password. */
export function placeOf(target: StoreTarget): string {
  if (target.kind === 'sqlite') return target.folder;
  const { database, host, port } = readConnectionUrl(target.url);
  return `the database ${database} at ${host}:${port}`;
}

/**
 * What there is to do to the tables; nothing is made or changed.
 *
 * @throws OperatorError, StoreUnavailable
 */
export async function migrationStatus(target: StoreTarget): Promise<MigrationStatus> {
  if (target.kind === 'sqlite' && !hasDatabaseFile(target.folder)) throw noStore(target.folder);
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

async function withTables<T>(
  target: StoreTarget,
  work: (target: MigrationTarget) => Promise<T>,
): Promise<T> {
  const health = new HealthRecord();
  if (target.kind === 'sqlite') {
    const database = new SqliteDatabase(prepareDatabaseFile(target.folder), health);
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
