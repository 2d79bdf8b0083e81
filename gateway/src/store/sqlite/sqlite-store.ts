import type { Store } from '../contract.ts';
import { HealthRecord } from '../health.ts';
import { migrate, type MigrationTarget } from '../relational/migrations/migrator.ts';
import { RelationalStore } from '../relational/relational-store.ts';
import { Watchers } from '../watchers.ts';
import { prepareDatabaseFile } from './database-file.ts';
import { ForeignCommits } from './foreign-commits.ts';
import { SqliteDatabase } from './sqlite-database.ts';

/**
 * Opens the store in a data folder, which is made if it is not there.
 *
 * @throws StoreUnavailable
 * @throws OperatorError when the folder cannot be used, or its tables are not of the version that the program needs
 */
export async function openSqliteStore(
  folder: string,
  prepare: (target: MigrationTarget) => Promise<unknown> = migrate,
): Promise<Store> {
  const watchers = new Watchers();
  const health = new HealthRecord(() => watchers.call());
  const database = new SqliteDatabase(prepareDatabaseFile(folder), health);
  try {
    await prepare(migrationTarget(database));
  } catch (error) {
    await database.close();
    throw error;
  }
  const messages = new Watchers<[message: string]>();
  const foreign = new ForeignCommits(database, () => watchers.call());
  return new RelationalStore({
    database,
    watchers,
    messages,
    // There is no other node on this file.
    send: (message) => Promise.resolve(messages.call(message)),
    health: () => health.current,
    close: () => {
      foreign.stop();
      return database.close();
    },
  });
}

export function migrationTarget(database: SqliteDatabase): MigrationTarget {
  return {
    database,
    hasTable: {
      sql: "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_migrations'",
      parameters: [],
    },
    lock: [],
  };
}
