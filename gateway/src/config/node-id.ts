import { randomUUID } from 'node:crypto';
import { definitionOf, type TableName } from '../entities/tables.ts';
import { derivedId } from './ids.ts';
import type { Values } from './node.ts';

/** Gives every entity of a document its id: its own, Kong's, or one that follows from its content. */
export class IdSource {
  readonly #seen = new Map<string, number>();

  /**
   * @param input the entity as written, without its children
   * @param parentField the field by which it belongs to the entity around it
   */
  idFor(
    table: TableName,
    input: Values,
    parentField: string | null,
    parentId: string | null,
  ): string {
    if (typeof input.id === 'string') return input.id;
    // An id of another type is an error that validation reports.
    if (input.id !== undefined && input.id !== null) return randomUUID();
    const name = kongName(table, input, parentField, parentId);
    return derivedId(table, name ?? this.#nameFromContent(table, input, parentId));
  }

  /**
   * For what Kong gives a random id: an entity that stays as it is keeps its id over reloads.
   */
  #nameFromContent(table: TableName, input: Values, parentId: string | null): string {
    const content = `${table}:${parentId ?? ''}:${JSON.stringify(input)}`;
    const count = (this.#seen.get(content) ?? 0) + 1;
    this.#seen.set(content, count);
    return `${content}:${count}`;
  }
}

/** What Kong hashes; undefined when something is missing that would make it unique. */
function kongName(
  table: TableName,
  input: Values,
  parentField: string | null,
  parentId: string | null,
): string | undefined {
  const { cacheKey, endpointKey, fields } = definitionOf(table);
  if (cacheKey === undefined) {
    const key = endpointKey === null ? undefined : input[endpointKey];
    return typeof key === 'string' ? key : undefined;
  }
  const parts: string[] = [table, '*'];
  for (const name of cacheKey) {
    const value = name === parentField ? parentId : input[name];
    const part = typeof value === 'string' ? value : nameIn(value);
    const field = fields[name];
    if (part === undefined && (field?.required === true || field?.auto === true)) return undefined;
    parts.push(part ?? '');
  }
  // `*` stands for the workspace, of which there is only one.
  return cacheKey.length === 1 && parts[2] === '' ? undefined : parts.join(':');
}

/** The id or name in a reference written as `{id}` or `{name}`. */
function nameIn(reference: unknown): string | undefined {
  if (typeof reference !== 'object' || reference === null) return undefined;
  const [first] = Object.values(reference) as unknown[];
  return typeof first === 'string' ? first : undefined;
}
