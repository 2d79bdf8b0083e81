import { isDeepStrictEqual } from 'node:util';
import type { PluginSchemas } from '../../entities/plugin.ts';
import type { Entity, TableName } from '../../entities/tables.ts';
import type { StoredChange } from '../../store/contract.ts';
import type { Values } from './context.ts';
import { withoutSecrets } from './masked.ts';

/** What became, or would become, of one entity, as clients are told of it; secrets are masked. */
export interface PresentedChange {
  /** The table, as in `/schemas/{name}`. */
  readonly entity: TableName;
  readonly id: string;
  readonly change: 'create' | 'update' | 'delete';
  /** Of an update: the fields that get another value, times apart. That of a secret tells that it changes. */
  readonly fields: readonly string[];
  readonly before: Values | null;
  readonly after: Values | null;
}

/** Changes as dry runs, restores and the history answer them. */
export function presentChanges(
  changes: readonly StoredChange[],
  plugins: PluginSchemas,
): PresentedChange[] {
  const show = (table: TableName, entity: Entity | null): Values | null =>
    entity === null ? null : withoutSecrets(table, entity, plugins);
  return changes.map(({ table, id, before, after }) => ({
    entity: table,
    id,
    change: before === null ? 'create' : after === null ? 'delete' : 'update',
    fields: changedFields(before, after),
    before: show(table, before),
    after: show(table, after),
  }));
}

/** They follow from the change itself. */
const times = ['created_at', 'updated_at'];

function changedFields(before: Entity | null, after: Entity | null): string[] {
  if (before === null || after === null) return [];
  const [old, now] = [before as Values, after as Values];
  return Object.keys(now).filter(
    (name) => !times.includes(name) && !isDeepStrictEqual(old[name], now[name]),
  );
}
