import {
  tableNames,
  type Entity,
  type EntityTables,
  type TableName,
} from '../../entities/tables.ts';
import type { StoredChange } from '../../store/contract.ts';

/**
 * A configuration of nothing but what changes leave behind, the services that changed routes lead to,
 * and the authorities that changed services trust: all that says whether the changes have the effect that their author may expect.
 *
 * @param current what is served
 */
export function changedTables(
  changes: readonly StoredChange[],
  current: EntityTables,
): EntityTables {
  const tables = Object.fromEntries(
    tableNames.map((table) => [table, new Map<string, Entity>()]),
  ) as unknown as { readonly [T in TableName]: Map<string, Entity<T>> };
  for (const { table, id, after } of changes) {
    if (after === null) continue;
    (tables[table] as Map<string, Entity>).set(id, after);
    const leadsTo = table === 'routes' ? (after as Entity<'routes'>).service?.id : undefined;
    const service = leadsTo === undefined ? undefined : current.services.get(leadsTo);
    if (service !== undefined && !tables.services.has(service.id)) {
      tables.services.set(service.id, service);
    }
  }
  for (const { ca_certificates: trusted } of tables.services.values()) {
    for (const id of trusted ?? []) {
      const authority = current.ca_certificates.get(id);
      if (authority !== undefined && !tables.ca_certificates.has(id)) {
        tables.ca_certificates.set(id, authority);
      }
    }
  }
  return tables;
}
