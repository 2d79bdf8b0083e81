import { definitionOf, type Entity, type TableName } from '../entities/tables.ts';

/** Something that is accepted, as Kong does, and does less here. */
export interface Caveat {
  /** What the entities have in common, e.g. `routes.protocols: grpc`. */
  readonly subject: string;
  readonly count: number;
  /** What becomes of it. */
  readonly effect: string;
  /** The whole of it for an operator, with the entities by name. */
  readonly message: string;
}

export interface CaveatText {
  readonly subject: string;
  /** Why it does less. */
  readonly what: string;
  readonly effect: string;
}

/** The caveat of entities of one table; undefined when there are none. */
export function caveat(
  table: TableName,
  entities: readonly Entity[],
  { subject, what, effect }: CaveatText,
): Caveat | undefined {
  if (entities.length === 0) return undefined;
  const message = `${what}: ${labels(table, entities)} ${effect}`;
  return { subject, count: entities.length, effect, message };
}

/** Most entities that a message names. */
const mostNamed = 5;

/** `route 'a'`, or `each of routes 'a', 'b' and 3 more`. */
function labels(table: TableName, entities: readonly Entity[]): string {
  const names = entities.slice(0, mostNamed).map((entity) => `'${nameOf(table, entity)}'`);
  if (entities.length === 1) return `${definitionOf(table).singular} ${names.join('')}`;
  const rest = entities.length - names.length;
  return `each of ${table} ${names.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** Only the names of what clients never send as a secret. */
const named: readonly TableName[] = ['services', 'routes', 'upstreams'];

function nameOf(table: TableName, entity: Entity): string {
  const { name } = entity as { readonly name?: string | null };
  return named.includes(table) && name != null ? name : entity.id;
}
