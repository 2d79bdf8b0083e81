import { definitionOf, type TableName } from '../entities/tables.ts';
import { isUuid } from '../entities/schema/compile-scalar.ts';
import type { Path } from '../entities/schema/failure.ts';
import type { ContentId } from './node-id.ts';

export type Values = Readonly<Record<string, unknown>>;

/** An entity as it stands in a declarative file. */
export interface EntityNode {
  readonly table: TableName;
  /** As written. */
  readonly raw: Values;
  /** What is validated: children and comments taken out, shared configuration merged in. */
  readonly input: Record<string, unknown>;
  readonly id: string;
  /** Where the id comes from when it follows from the whole content. */
  readonly contentId: ContentId | undefined;
  /** The entity it is nested in, and the field by which it belongs to that one. */
  readonly parent: EntityNode | null;
  readonly parentField: string | null;
  readonly index: number;
  /** References to entities elsewhere in the document, once they are resolved. */
  references: ResolvedReference[] | undefined;
}

/** How an entity refers to another, and the id of that one. */
export interface ResolvedReference {
  readonly table: TableName;
  readonly reference: string | Values;
  readonly id: string;
}

/** Where a node stands in the document. */
export function pathOf(node: EntityNode): Path {
  return node.parent === null
    ? [node.table, node.index]
    : [...pathOf(node.parent), node.table, node.index];
}

/** Whether a value must not show in messages. */
export function isSecret(table: TableName, field: string): boolean {
  return field === 'key' && (table === 'keyauth_credentials' || table === 'jwt_secrets');
}

/** How messages call a node: `service 'orders'`, `plugin 'cors' of route 'items'`. */
export function labelOf(node: EntityNode): string {
  const { singular } = definitionOf(node.table);
  const name = nameOf(node);
  const own = name === undefined ? singular : `${singular} '${name}'`;
  const parent = node.parent === null ? undefined : labelOf(node.parent);
  const needsParent = name === undefined || node.table === 'plugins' || node.table === 'acls';
  return parent !== undefined && needsParent ? `${own} of ${parent}` : own;
}

function nameOf({ table, input, raw }: EntityNode): string | undefined {
  const { endpointKey } = definitionOf(table);
  const names =
    table === 'plugins'
      ? [input.name]
      : table === 'consumers'
        ? [input.username, input.custom_id]
        : [
            endpointKey === null || isSecret(table, endpointKey) ? undefined : input[endpointKey],
            input.group,
          ];
  const name = [...names, raw.id].find((value) => typeof value === 'string' && value !== '');
  return name as string | undefined;
}

/** The id that a reference names directly, if it is one. */
export function idIn(reference: unknown): string | undefined {
  if (typeof reference === 'string') return isUuid(reference) ? reference : undefined;
  const id = (reference as { id?: unknown } | null)?.id;
  return typeof id === 'string' ? id : undefined;
}
