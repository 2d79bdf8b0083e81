import type { DeclaredFailure } from '../../../config/declared-failure.ts';
import type { EntityNode } from '../../../config/node.ts';
import { isUuid } from '../../../entities/schema/compile-scalar.ts';
import { entityKey } from '../../../entities/schema/failure.ts';
import { childTables, foreignKeys } from '../../../entities/tables.ts';

type Values = Readonly<Record<string, unknown>>;

interface FlattenedError {
  readonly entity_type: string;
  readonly entity_id?: string;
  readonly entity_name?: string;
  readonly entity_tags?: readonly string[];
  /** As it was written, without what is nested in it. */
  readonly entity: Values;
  readonly errors: readonly (
    | { readonly type: 'entity'; readonly message: string }
    | { readonly type: 'field'; readonly field: string; readonly message: string }
  )[];
}

/** What is wrong, by the entity that it is wrong with: what Kong's `?flatten_errors=1` is for. */
export function flattenedErrors(failures: readonly DeclaredFailure[]): FlattenedError[] {
  const byNode = new Map<EntityNode, DeclaredFailure[]>();
  for (const failure of failures) {
    if (failure.node === undefined) continue;
    const known = byNode.get(failure.node);
    if (known === undefined) byNode.set(failure.node, [failure]);
    else known.push(failure);
  }
  return [...byNode].map(([node, found]) => flattened(node, found));
}

function flattened(node: EntityNode, failures: readonly DeclaredFailure[]): FlattenedError {
  // Kong has given ids when it looks at the whole, and not before.
  const hasId = failures.some(({ stage }) => stage === 'whole' || stage === 'unique');
  const entity = own(node, hasId);
  const { id, name, tags } = entity;
  return {
    entity_type: node.table.replace(/s$/, ''),
    ...(typeof id === 'string' && isUuid(id) ? { entity_id: id } : {}),
    ...(typeof name === 'string' && name !== '' ? { entity_name: name } : {}),
    ...(isListOfTexts(tags) ? { entity_tags: tags } : {}),
    entity,
    errors: failures.map(({ within = [], message }) => {
      if (within.length === 0 || within.at(-1) === entityKey) return { type: 'entity', message };
      return { type: 'field', field: dotted(within), message };
    }),
  };
}

function own(node: EntityNode, hasId: boolean): Values {
  const { table, raw, parent, parentField } = node;
  const entity: Record<string, unknown> = { ...raw };
  const id = idOf(node, hasId);
  if (id !== undefined) entity.id = id;
  for (const child of childTables(table)) {
    if (typeof entity[child.table] === 'object') delete entity[child.table];
  }
  for (const { field } of foreignKeys(table)) {
    const reference = entity[field];
    if (typeof reference !== 'object' || reference === null) continue;
    const { id: other } = reference as { id?: unknown };
    if (typeof other === 'string' && isUuid(other)) entity[field] = { id: other };
    else delete entity[field];
  }
  const parentId = parent === null ? undefined : idOf(parent, hasId);
  if (parentField !== null && typeof parentId === 'string' && isUuid(parentId)) {
    entity[parentField] ??= { id: parentId };
  }
  return entity;
}

/** The id that was written, or else the one that follows from names. */
function idOf({ raw, id, contentId }: EntityNode, hasId: boolean): unknown {
  return raw.id ?? (hasId && contentId === undefined ? id : undefined);
}

function isListOfTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((tag) => typeof tag === 'string');
}

/** `paths.1`: places in lists are counted from 1. */
function dotted(path: readonly (string | number)[]): string {
  return path.map((step) => (typeof step === 'number' ? step + 1 : step)).join('.');
}
