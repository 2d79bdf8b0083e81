import { isUuid } from '../entities/schema/compile-scalar.ts';
import { randomUUID } from 'node:crypto';
import { definitionOf, type TableName } from '../entities/tables.ts';
import { derivedId } from './ids.ts';
import type { Values } from './node.ts';

/** An id that follows from the content of an entity. */
export interface ContentId {
  readonly id: string;
  /** Id of the first entity with this content. */
  readonly first: string;
  /** How many entities of the document, this one included, have had this content so far. */
  readonly count: number;
}

/** Gives every entity of a document its id: its own, Kong's, or one that follows from its content. */
export class IdSource {
  /** How many entities have had a content, by the id of the first. */
  readonly #counts = new Map<string, number>();

  /**
   * @param input the entity as written, without its children
   * @param parentField the field by which it belongs to the entity around it
   * @returns undefined when nothing but its whole content tells the entity apart
   */
  namedId(
    table: TableName,
    input: Values,
    parentField: string | null,
    parentId: string | null,
  ): string | undefined {
    if (typeof input.id === 'string') return isUuid(input.id) ? input.id.toLowerCase() : input.id;
    // An id of another type is an error that validation reports.
    if (input.id !== undefined && input.id !== null) return randomUUID();
    const name = kongName(table, input, parentField, parentId);
    return name === undefined ? undefined : derivedId(table, name);
  }

  /** For what Kong gives a random id: an entity that stays as it is keeps its id over reloads. */
  contentId(table: TableName, input: Values, parentId: string | null): ContentId {
    const content = `${table}:${parentId ?? ''}:${JSON.stringify(input)}`;
    const first = derivedId(table, `${content}:1`);
    const count = (this.#counts.get(first) ?? 0) + 1;
    this.#counts.set(first, count);
    return { id: count === 1 ? first : derivedId(table, `${content}:${count}`), first, count };
  }

  /**
   * Counts entities that have their ids from an earlier source.
   *
   * @returns whether this one would give them the same ids; if not, nothing is counted
   */
  giveAgain(ids: readonly ContentId[]): boolean {
    for (const [given, { first, count }] of ids.entries()) {
      if ((this.#counts.get(first) ?? 0) + 1 === count) {
        this.#counts.set(first, count);
        continue;
      }
      for (const id of ids.slice(0, given).reverse()) this.#counts.set(id.first, id.count - 1);
      return false;
    }
    return true;
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
