import {
  definitionOf,
  tableNames,
  type Entity,
  type EntityTables,
  type TableName,
} from '../../../entities/tables.ts';
import type { StoredChange } from '../../../store/contract.ts';

/**
 * What leads from one configuration to another, in an order in which it can be applied. When
 * entities were made or last changed, and what is derived from others, makes no difference.
 */
export function differences(before: EntityTables, after: EntityTables): StoredChange[] {
  const changes: StoredChange[] = [];
  for (const table of tableNames) {
    for (const [id, entity] of after[table]) {
      const known = before[table].get(id) ?? null;
      if (known !== null && saysTheSame(table, known, entity)) continue;
      changes.push({ table, id, before: known, after: entity });
    }
  }
  for (const table of tableNames.toReversed()) {
    for (const [id, entity] of before[table]) {
      if (!after[table].has(id)) changes.push({ table, id, before: entity, after: null });
    }
  }
  return changes;
}

function saysTheSame(table: TableName, a: Entity, b: Entity): boolean {
  return a === b || contentOf(table, a) === contentOf(table, b);
}

function contentOf(table: TableName, entity: Entity): string {
  const { fields } = definitionOf(table);
  const values = entity as Readonly<Record<string, unknown>>;
  return JSON.stringify(
    Object.keys(fields)
      .filter((name) => name !== 'created_at' && name !== 'updated_at')
      .filter((name) => fields[name]?.transient !== true)
      .map((name) => values[name] ?? null),
    sorted,
  );
}

/** Fields of records in one order, whatever the order in which they were written. */
function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
