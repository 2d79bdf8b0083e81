import { randomUUID } from 'node:crypto';
import {
  tableNames,
  type Entity,
  type EntityTables,
  type TableName,
} from '../../entities/tables.ts';
import { judgeEntity } from '../../entities/validators.ts';
import { knownPlugins } from '../../plugins/known.ts';

/** A valid entity, with an id of its own unless it brings one. */
export function entity<T extends TableName>(
  table: T,
  input: Readonly<Record<string, unknown>>,
): Entity<T> {
  const result = judgeEntity(table, { id: randomUUID(), ...input }, knownPlugins);
  if (!result.ok) throw new Error(JSON.stringify(result.failures));
  return result.value;
}

/** Tables with nothing but these entities in them. */
export function tablesWith(
  entities: { readonly [T in TableName]?: readonly Entity<T>[] } = {},
): EntityTables {
  const tables = tableNames.map((table) => {
    const own: readonly Entity[] = entities[table] ?? [];
    return [table, new Map(own.map((each) => [each.id, each]))] as const;
  });
  return Object.fromEntries(tables) as unknown as EntityTables;
}
