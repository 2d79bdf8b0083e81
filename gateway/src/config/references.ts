import { nearest } from '../entities/schema/nearest.ts';
import { definitionOf, foreignKeys, type TableName } from '../entities/tables.ts';
import { idIn, type EntityNode, type ResolvedReference, type Values } from './node.ts';

export interface BadReference {
  readonly node: EntityNode;
  readonly field: string;
  readonly message: string;
  readonly suggestion?: string;
}

/** Stands for an entity that does not exist, so that the missing reference is reported once. */
const nobody = { id: '00000000-0000-0000-0000-000000000000' };

/** Fields with lists of ids, which no foreign key guards. */
const listedReferences: { readonly [T in TableName]?: { field: string; table: TableName } } = {
  services: { field: 'ca_certificates', table: 'ca_certificates' },
};

/** Replaces names and ids by which entities refer to each other with `{id}`. */
export function resolveReferences(
  nodes: readonly EntityNode[],
  index: ReferenceIndex,
): BadReference[] {
  const bad: BadReference[] = [];
  for (const node of nodes) {
    for (const { field, table } of foreignKeys(node.table)) {
      const reference = node.input[field];
      if (field === node.parentField || !isReadable(reference)) continue;
      const id = index.find(table, reference);
      node.input[field] = id === undefined ? nobody : { id };
      if (id === undefined) bad.push(badReference(node, field, table, reference, index));
      else (node.references ??= []).push({ table, reference, id });
    }
    bad.push(...badListed(node, index));
  }
  return bad;
}

/** Looks the entities up that are listed by id; what is no id is left to validation. */
function badListed(node: EntityNode, index: ReferenceIndex): BadReference[] {
  const listed = listedReferences[node.table];
  if (listed === undefined) return [];
  const { field, table } = listed;
  const references: unknown = node.input[field];
  if (!Array.isArray(references)) return [];
  const bad: BadReference[] = [];
  for (const reference of references as readonly unknown[]) {
    if (typeof reference !== 'string' || idIn(reference) === undefined) continue;
    const id = index.find(table, reference);
    if (id === undefined) bad.push(badReference(node, field, table, reference, index));
    else (node.references ??= []).push({ table, reference, id });
  }
  return bad;
}

/** A name, an id, `{id}` or `{name}`; anything else is left to validation. */
function isReadable(reference: unknown): reference is string | Values {
  if (typeof reference === 'string') return true;
  if (typeof reference !== 'object' || reference === null || Array.isArray(reference)) return false;
  return Object.values(reference).some((value) => typeof value === 'string');
}

function badReference(
  node: EntityNode,
  field: string,
  table: TableName,
  reference: string | Values,
  index: ReferenceIndex,
): BadReference {
  const shown = typeof reference === 'string' ? reference : JSON.stringify(reference);
  const message = `invalid reference '${field}: ${shown}' (no such entry in '${table}')`;
  const suggestion =
    typeof reference === 'string' ? nearest(reference, index.names(table)) : undefined;
  return { node, field, message, ...(suggestion === undefined ? {} : { suggestion }) };
}

/** What can be referred to: an entity of a document, validated or not yet. */
export interface Declared {
  readonly table: TableName;
  readonly id: string;
  /** Its fields, of which the endpoint key is looked at. */
  readonly input: Values;
}

/** Names and ids of each table, gathered when the first reference to it is looked up. */
export class ReferenceIndex {
  readonly #declared: () => Iterable<Declared>;
  readonly #byId = new Map<TableName, Map<string, string>>();
  readonly #byName = new Map<TableName, Map<string, string>>();

  /** @param declared gives everything in the document, in its order; called once for each table */
  constructor(declared: () => Iterable<Declared>) {
    this.#declared = declared;
  }

  /** Whether a reference leads where it led before. */
  holds({ table, reference, id }: ResolvedReference): boolean {
    return this.find(table, reference) === id;
  }

  find(table: TableName, reference: string | Values): string | undefined {
    this.#gather(table);
    const id = idIn(reference);
    const byId = id === undefined ? undefined : this.#byId.get(table)?.get(id.toLowerCase());
    if (byId !== undefined || (id !== undefined && typeof reference !== 'string')) return byId;
    const { endpointKey } = definitionOf(table);
    const name = typeof reference === 'string' ? reference : reference[endpointKey ?? ''];
    return typeof name === 'string' ? this.#byName.get(table)?.get(name) : undefined;
  }

  names(table: TableName): Iterable<string> {
    return this.#byName.get(table)?.keys() ?? [];
  }

  #gather(table: TableName): void {
    if (this.#byId.has(table)) return;
    const { endpointKey } = definitionOf(table);
    const byId = new Map<string, string>();
    const byName = new Map<string, string>();
    for (const { table: own, id, input } of this.#declared()) {
      if (own !== table) continue;
      byId.set(id.toLowerCase(), id);
      const name = endpointKey === null ? undefined : input[endpointKey];
      if (typeof name === 'string') byName.set(name, id);
    }
    this.#byId.set(table, byId);
    this.#byName.set(table, byName);
  }
}
