import type { Entity, TableName } from '../../entities/tables.ts';
import { labelsOf } from '../entity-labels.ts';

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
  const message = `${what}: ${labelsOf(table, entities, 'each of ')} ${effect}`;
  return { subject, count: entities.length, effect, message };
}
