import { definitionOf, type Entity, type TableName } from '../entities/tables.ts';

/** Most entities that a message names. */
const mostNamed = 5;

/**
 * Entities of one table as a message names them: `route 'a'`, or `routes 'a', 'b' and 3 more`.
 *
 * @param distributive stands in front of several
 */
export function labelsOf(table: TableName, entities: readonly Entity[], distributive = ''): string {
  const names = entities.slice(0, mostNamed).map((entity) => labelOf(table, entity));
  if (entities.length === 1) return `${definitionOf(table).singular} ${names.join('')}`;
  const rest = entities.length - names.length;
  return `${distributive}${table} ${names.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** Only the names of what clients never send as a secret. */
const named: readonly TableName[] = ['services', 'routes', 'upstreams'];

function labelOf(table: TableName, entity: Entity): string {
  const { name, username } = entity as {
    readonly name?: string | null;
    readonly username?: string | null;
  };
  if (table === 'consumers' && username != null) return `'${username}'`;
  if (name != null && table === 'plugins') return `'${name}' (${entity.id})`;
  return `'${named.includes(table) && name != null ? name : entity.id}'`;
}
