import { definitionOf } from '../entities/tables.ts';
import type { DeclaredFailure } from './declared-failure.ts';
import type { EntityNode } from './node.ts';

/** How Kong tells that entities of a document repeat what only one may have. */

/** An id, given or derived from what tells the entity apart. Kong knows one entity above at most. */
export function repeatedId(node: EntityNode): DeclaredFailure {
  const { parent, table, index } = node;
  const list = [table, index];
  const path = parent === null ? list : [parent.table, parent.index, ...list];
  return repetition(node, 'whole', path, [], `primary key set to '${node.id}'`);
}

/** The name of an entity, or another field that is unique by itself. */
export function repeatedValue(node: EntityNode, field: string, value: string): DeclaredFailure {
  const { table, index, input, id } = node;
  const { endpointKey } = definitionOf(table);
  const what = `${field} set to '${value}'`;
  if (field === endpointKey) return repetition(node, 'whole', [table, index], [], what);
  const name = endpointKey === null ? undefined : input[endpointKey];
  const at = typeof name === 'string' ? name : id;
  return repetition(node, 'unique', [table, at], [], what);
}

/** Fields that are unique together, of entities with ids of their own. */
export function repeatedTogether(node: EntityNode, fields: readonly string[]): DeclaredFailure {
  const what = `the same ${fields.join(', ')}`;
  return repetition(node, 'unique', [node.table, node.id], [], what);
}

function repetition(
  node: EntityNode,
  stage: DeclaredFailure['stage'],
  path: DeclaredFailure['path'],
  within: DeclaredFailure['path'],
  what: string,
): DeclaredFailure {
  const message = `uniqueness violation: '${node.table}' entity with ${what} already declared`;
  return { stage, path, message, node, within };
}
