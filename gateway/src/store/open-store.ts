import { OperatorError } from '../errors.ts';
import type { Store } from './contract.ts';
import {
  migrate as migrateTables,
  migrationStatus as statusOfTables,
  type MigrationStatus,
  type MigrationTarget,
} from './relational/migrations/migrator.ts';
import { HealthRecord } from './health.ts';
import { prepareDataFolder } from './sqlite/data-folder.ts';
import { SqliteDatabase } from './sqlite/sqlite-database.ts';
import { migrationTarget, openSqliteStore } from './sqlite/sqlite-store.ts';

export type { MigrationStatus } from './relational/migrations/migrator.ts';

/** A database, and where it is. */
export type StoreTarget = { readonly kind: 'sqlite'; readonly folder: string };

export interface OpenOptions {
  /** Whether tables are brought to the newest version; otherwise they have to be. True if absent. */
  readonly migrate?: boolean;
}

/**
 * Opens a store that lasts.
 *
 * @throws OperatorError when its tables are newer than the program, or older and not to be changed
 * @throws StoreUnavailable
 */
export function openStore(target: StoreTarget, options: OpenOptions = {}): Promise<Store> {
  const prepare = options.migrate === false ? requireCurrent : migrateTables;
  return openSqliteStore(target.folder, prepare);
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
  const database = new SqliteDatabase(prepareDataFolder(target.folder), new HealthRecord());
  try {
    return await work(migrationTarget(database));
  } finally {
    await database.close();
  }
}
