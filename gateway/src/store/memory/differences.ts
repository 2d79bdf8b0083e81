import { tableNames, type EntityTables } from '../../entities/tables.ts';
import type { StoredChange } from '../contract.ts';
import { inOrder, isSameEntity } from '../entity.ts';

/** What leads from some entities to others. */
export function differences(before: EntityTables, after: EntityTables): StoredChange[] {
  const changes: StoredChange[] = [];
  for (const table of tableNames) {
    if (before[table] === after[table]) continue;
    for (const [id, entity] of after[table]) {
      const then = before[table].get(id) ?? null;
      if (!isSameEntity(then, entity)) changes.push({ table, id, before: then, after: entity });
    }
    for (const [id, entity] of before[table]) {
      if (!after[table].has(id)) changes.push({ table, id, before: entity, after: null });
    }
  }
  return inOrder(changes);
}
