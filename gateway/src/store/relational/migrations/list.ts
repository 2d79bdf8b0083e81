import { createEntities } from './0001-create-entities.ts';
import { createHistory } from './0002-create-history.ts';
import { addRouteExpressions } from './0003-add-route-expressions.ts';
import type { Migration } from './migration.ts';

/** All migrations, oldest first. */
export const migrations: readonly Migration[] = [
  createEntities,
  createHistory,
  addRouteExpressions,
];
