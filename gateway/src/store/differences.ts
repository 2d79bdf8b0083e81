import { isDeepStrictEqual } from 'node:util';
import {
  definitionOf,
  tableNames,
  type Entity,
  type EntityTables,
  type TableName,
} from '../entities/tables.ts';
import type { StoredChange } from './contract.ts';
import type { Values } from './keys.ts';

/**
 * What leads from one configuration to another, in an order in which it can be applied. When
 * entities were made or last changed makes no difference: a document that is read again gives them
 * other times.
 */
export function differences(before: EntityTables, after: EntityTables): StoredChange[] {
  const changes: StoredChange[] = [];
  for (const table of tableNames) {
    if (before[table] === after[table]) continue;
    for (const [id, entity] of after[table]) {
      const known = before[table].get(id) ?? null;
      if (known !== null && saysTheSame(table, known, entity)) continue;
      changes.push({ table, id, before: known, after: entity });
    }
  }
  for (const table of tableNames.toReversed()) {
    if (before[table] === after[table]) continue;
    for (const [id, entity] of before[table]) {
      if (!after[table].has(id)) changes.push({ table, id, before: entity, after: null });
    }
  }
  return changes;
}

/** Whether two states of an entity differ in nothing but their times. */
export function saysTheSame(table: TableName, a: Entity, b: Entity): boolean {
  if (a === b) return true;
  const { fields } = definitionOf(table);
  for (const name in fields) {
    if (name === 'created_at' || name === 'updated_at') continue;
    const [one, other] = [(a as Values)[name] ?? null, (b as Values)[name] ?? null];
    if (one === other) continue;
    // What is derived from other entities is not told everywhere.
    if (fields[name]?.transient === true && (one === null || other === null)) continue;
    if (!isDeepStrictEqual(one, other)) return false;
  }
  return true;
}
