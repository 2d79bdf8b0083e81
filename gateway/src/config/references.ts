import { nearest } from '../entities/schema/nearest.ts';
import { definitionOf, foreignKeys, type TableName } from '../entities/tables.ts';
import { idIn, type EntityNode, type ResolvedReference, type Values } from './node.ts';

export interface BadReference {
  readonly node: EntityNode;
  /** Where in the entity it stands. */
  readonly within: readonly string[];
  readonly message: string;
  readonly suggestion?: string;
}

/** Stands for an entity that does not exist, so that the missing reference is reported once. */
const nobody = { id: '00000000-0000-0000-0000-000000000000' };

/** Where ids of authorities are listed, which no foreign key guards. */
const listedAuthorities: { readonly [T in TableName]?: readonly string[] } = {
  services: ['ca_certificates'],
  plugins: ['config', 'ca_certificates'],
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
      if (id === undefined) bad.push(badReference(node, [field], table, reference, index));
      else (node.references ??= []).push({ table, reference, id });
    }
    bad.push(...badListed(node, index));
  }
  return bad;
}

/** Looks the entities up that are listed by id; what is no id is left to validation. */
function badListed(node: EntityNode, index: ReferenceIndex): BadReference[] {
  const within = listedAuthorities[node.table];
  if (within === undefined) return [];
  const table = 'ca_certificates';
  const references = valueAt(node.input, within);
  if (!Array.isArray(references)) return [];
  const bad: BadReference[] = [];
  for (const reference of references as readonly unknown[]) {
    if (typeof reference !== 'string' || idIn(reference) === undefined) continue;
    const id = index.find(table, reference);
    if (id === undefined) bad.push(badReference(node, within, table, reference, index));
    else (node.references ??= []).push({ table, reference, id });
  }
  return bad;
}

function valueAt(input: Values, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, name) => (isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined),
    input,
  );
}

function isRecord(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A name, an id, `{id}` or `{name}`; anything else is left to validation. */
function isReadable(reference: unknown): reference is string | Values {
  if (typeof reference === 'string') return true;
  return isRecord(reference) && Object.values(reference).some((value) => typeof value === 'string');
}

function badReference(
  node: EntityNode,
  within: readonly string[],
  table: TableName,
  reference: string | Values,
  index: ReferenceIndex,
): BadReference {
  const shown = typeof reference === 'string' ? reference : JSON.stringify(reference);
  const message = `invalid reference '${within.join('.')}: ${shown}' (no such entry in '${table}')`;
  const suggestion =
    typeof reference === 'string' ? nearest(reference, index.names(table)) : undefined;
  return { node, within, message, ...(suggestion === undefined ? {} : { suggestion }) };
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
