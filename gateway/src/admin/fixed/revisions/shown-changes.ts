import { isDeepStrictEqual } from 'node:util';
import type { PluginSchemas } from '../../../entities/plugin.ts';
import type { Entity } from '../../../entities/tables.ts';
import type { StoredChange } from '../../../store/contract.ts';
import { withoutSecrets } from './masked.ts';

/** Changes of the history as clients see them: what changed of each entity, secrets masked. */
export function shownChanges(
  changes: readonly StoredChange[],
  plugins: PluginSchemas,
): readonly object[] {
  return changes.map(({ table, id, before, after }) => {
    const show = (entity: Entity | null) =>
      entity === null ? null : withoutSecrets(table, entity, plugins);
    return {
      entity: table,
      id,
      change: before === null ? 'create' : after === null ? 'delete' : 'update',
      fields: changedFields(before, after),
      before: show(before),
      after: show(after),
    };
  });
}

/** Names of fields that have another value; that of a secret tells that it was changed. */
function changedFields(before: Entity | null, after: Entity | null): string[] {
  if (before === null || after === null) return [];
  const [old, now] = [before, after] as unknown as Readonly<Record<string, unknown>>[];
  return Object.keys(now ?? {}).filter((name) => !isDeepStrictEqual(old?.[name], now?.[name]));
}
