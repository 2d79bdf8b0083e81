import { OperatorError } from '../errors.ts';
import { StoreUnavailable, type Store } from './contract.ts';
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
  /**
   * Whether a store is made where there is none, and the tables of an older one are brought to the
   * newest version; otherwise either is an error. True if absent.
   */
  readonly prepare?: boolean;
  /**
   * Whether there has been a store in the database before: then none is made there, since one that is
   * gone is to be restored. False if absent. Matters for PostgreSQL only.
   */
  readonly isKnown?: boolean;
  /** Told what was made, or done to the tables. */
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
 * @throws OperatorError when its tables are newer than the program, or it is not to be prepared and
 *   would have to be
 * @throws StoreUnavailable
 */
export async function openStore(target: StoreTarget, options: OpenOptions = {}): Promise<Store> {
  const { prepare: mayPrepare = true, log } = options;
  const place = placeOf(target);
  let { isKnown = false } = options;
  const prepare = async (tables: MigrationTarget): Promise<void> => {
    if (!mayPrepare) return requireCurrent(tables, place);
    if (isKnown) await requireSome(tables, place);
    const { isNew, done } = await bringUpToDate(tables);
    isKnown = true;
    if (isNew) log?.info(createdIn(place));
    else if (done.length > 0)
      log?.info('the tables of the store were brought up to date', { done });
  };
  if (target.kind === 'sqlite') {
    // Opening a file that is not there would make it.
    if (!mayPrepare && !hasDatabaseFile(target.folder)) throw noStore(place);
    return openSqliteStore(target.folder, prepare);
  }
  const { url, poolSize = DEFAULT_POOL_SIZE } = target;
  return openPostgresStore({ url, poolSize }, prepare);
}

/** @throws StoreUnavailable when the store that was there is gone */
async function requireSome(tables: MigrationTarget, place: string): Promise<void> {
  const { current } = await statusOfTables(tables);
  if (current > 0) return;
  throw new StoreUnavailable('missing', `there is no store in ${place} any more`, {
    help: 'Restore it from a backup; none is made in its place. Where a new one is meant, sluice migrate makes it.',
  });
}

/** @throws OperatorError when there is anything to do before the store can be used */
async function requireCurrent(tables: MigrationTarget, place: string): Promise<void> {
  const { current, newest, pending } = await statusOfTables(tables);
  if (current === 0) throw noStore(place);
  if (pending.length === 0) return;
  const versions = `its tables are of version ${current}, and this Sluice works with ${newest}`;
  throw new OperatorError(`the store in ${place} is of an older Sluice: ${versions}`, {
    help: 'Use the Sluice that its gateways run, or bring the tables up to date first: sluice migrate.',
  });
}

/** Where a store is, in words that hold no password. */
function placeOf(target: StoreTarget): string {
  if (target.kind === 'sqlite') return target.folder;
  const { database, host, port } = readConnectionUrl(target.url);
  return `the database ${database} at ${host}:${port}`;
}

/**
 * Whether there is a store; none is made.
 *
 * @throws OperatorError, StoreUnavailable
 */
export async function hasStore(target: StoreTarget): Promise<boolean> {
  if (target.kind === 'sqlite' && !hasDatabaseFile(target.folder)) return false;
  return (await withTables(target, statusOfTables)).current > 0;
}

/**
 * What there is to do to the tables; nothing is made or changed.
 *
 * @throws OperatorError when there is no store, or it is of a newer program
 * @throws StoreUnavailable
 */
export async function migrationStatus(target: StoreTarget): Promise<MigrationStatus> {
  if (target.kind === 'sqlite' && !hasDatabaseFile(target.folder)) throw noStore(target.folder);
  const status = await withTables(target, statusOfTables);
  if (status.current === 0) throw noStore(placeOf(target));
  return status;
}

/**
 * Brings the tables to the newest version; makes them where there are none.
 *
 * @returns what was done, in words
 * @throws OperatorError, StoreUnavailable
 */
export async function migrate(target: StoreTarget): Promise<readonly string[]> {
  const { isNew, done } = await withTables(target, bringUpToDate);
  return isNew ? [createdIn(placeOf(target)), ...done] : done;
}

async function bringUpToDate(
  tables: MigrationTarget,
): Promise<{ readonly isNew: boolean; readonly done: readonly string[] }> {
  const { current } = await statusOfTables(tables);
  const done = await migrateTables(tables);
  return { isNew: current === 0 && done.length > 0, done };
}

function createdIn(place: string): string {
  return `created a new store in ${place}`;
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
