import { typeName } from '../ddl.ts';
import type { Migration } from './migration.ts';

export const addRouteExpressions: Migration = {
  version: 3,
  title: 'expressions of routes, and their priority',
  statements: (kind) => [
    `ALTER TABLE routes ADD COLUMN expression ${typeName(kind, 'text')}`,
    `ALTER TABLE routes ADD COLUMN priority ${typeName(kind, 'integer')}`,
  ],
};
