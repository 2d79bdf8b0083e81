import {
  tableNames,
  type Entity,
  type EntityTables,
  type TableName,
} from '../../entities/tables.ts';
import type { StoredChange } from '../../store/contract.ts';

/**
 * A configuration of nothing but what changes leave behind, and the services that changed routes
 * lead to: all that says whether the changes have the effect that their author may expect.
 *
 * @param current what is served
 */
export function changedTables(
  changes: readonly StoredChange[],
  current: EntityTables,
): EntityTables {
  const tables = Object.fromEntries(
    tableNames.map((table) => [table, new Map<string, Entity>()]),
  ) as Record<TableName, Map<string, Entity>>;
  for (const { table, id, after } of changes) {
    if (after === null) continue;
    tables[table].set(id, after);
    const leadsTo = table === 'routes' ? (after as Entity<'routes'>).service?.id : undefined;
    const service = leadsTo === undefined ? undefined : current.services.get(leadsTo);
    if (service !== undefined && !tables.services.has(service.id)) {
      tables.services.set(service.id, service);
    }
  }
  return tables as unknown as EntityTables;
}
