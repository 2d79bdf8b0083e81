import { DummyDriver, Kysely, type Dialect } from 'kysely';
import type { Builder } from './database.ts';

/** Builds statements in the words of one kind of database; running them is for the database itself. */
export function queryBuilder(dialect: Omit<Dialect, 'createDriver'>): Builder {
  return new Kysely({ dialect: { ...dialect, createDriver: () => new DummyDriver() } });
}
