import type { EntityNode } from '../../../config/node.ts';
import {
  definitionOf,
  foreignKeys,
  tableNames,
  type Entity,
  type EntityTables,
  type TableName,
} from '../../../entities/tables.ts';

type Values = Readonly<Record<string, unknown>>;

/**
 * Gives entities of a document that have no ids of their own the ids of those in the store that they
 * stand for: those of the same name, or of the same fields that are unique together. References
 * follow.
 */
export function withStoredIds(
  tables: EntityTables,
  nodes: readonly EntityNode[],
  stored: EntityTables,
): EntityTables {
  const given = new Set(nodes.filter(({ raw }) => typeof raw.id === 'string').map(({ id }) => id));
  const ids = new Map<string, string>();
  // Tables come in an order in which what is referred to comes first.
  const aligned = tableNames.map((table) => {
    const byKey = keysOf(table, stored[table].values());
    const entities = new Map<string, Entity>();
    for (const entity of tables[table].values()) {
      const moved = withReferences(table, entity, ids);
      const known = given.has(entity.id) ? undefined : foundIn(byKey, table, moved);
      if (known !== undefined) ids.set(entity.id, known);
      const id = known ?? entity.id;
      entities.set(id, id === entity.id ? moved : { ...moved, id });
    }
    return [table, entities] as const;
  });
  return Object.fromEntries(aligned) as unknown as EntityTables;
}

function withReferences(
  table: TableName,
  entity: Entity,
  ids: ReadonlyMap<string, string>,
): Entity {
  const changed: Record<string, unknown> = {};
  for (const { field } of foreignKeys(table)) {
    const reference = (entity as Values)[field] as { id: string } | null;
    const id = reference === null ? undefined : ids.get(reference.id);
    if (id !== undefined) changed[field] = { id };
  }
  return Object.keys(changed).length === 0 ? entity : { ...entity, ...changed };
}

function keysOf(table: TableName, entities: Iterable<Entity>): Map<string, string> {
  const ids = new Map<string, string>();
  for (const entity of entities) {
    for (const key of uniqueKeys(table, entity)) ids.set(key, entity.id);
  }
  return ids;
}

function foundIn(
  byKey: ReadonlyMap<string, string>,
  table: TableName,
  entity: Entity,
): string | undefined {
  for (const key of uniqueKeys(table, entity)) {
    const id = byKey.get(key);
    if (id !== undefined) return id;
  }
  return undefined;
}

/** Texts that no two entities of a table have in common. */
function uniqueKeys(table: TableName, entity: Entity): string[] {
  const { endpointKey, cacheKey, fields } = definitionOf(table);
  const values = entity as Values;
  const name = endpointKey === null ? null : values[endpointKey];
  const isUnique = endpointKey !== null && fields[endpointKey]?.unique === true;
  const keys = isUnique && typeof name === 'string' ? [`${endpointKey}:${name}`] : [];
  if (cacheKey !== undefined) {
    keys.push(JSON.stringify(cacheKey.map((field) => values[field] ?? null)));
  }
  return keys;
}
