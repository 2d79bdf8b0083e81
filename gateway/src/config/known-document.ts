import type { Entity, EntityTables, TableName } from '../entities/tables.ts';
import type { SplitJson } from './text/json-split.ts';
import type { ContentId } from './node-id.ts';
import type { EntityNode, ResolvedReference } from './node.ts';
import type { ReadingRules } from './preamble.ts';
import type { GoodDocument } from './read-whole.ts';

/** A document that was found good, and what became of each of its elements. */
export interface KnownDocument {
  readonly split: SplitJson;
  readonly rules: ReadingRules;
  /** By collection and place, like the texts in `split`. */
  readonly elements: readonly (readonly KnownElement[])[];
  readonly tables: EntityTables;
}

/** What an element of a collection, with all that is nested in it, was read as. */
export interface KnownElement {
  /** The table of each entity. */
  readonly tables: readonly TableName[];
  readonly entities: readonly Entity[];
  /** Where ids come from that follow from content. */
  readonly contentIds: readonly ContentId[];
  /** References to what stands elsewhere. */
  readonly references: readonly ResolvedReference[];
}

const none: readonly never[] = Object.freeze([]);
/** Longer lists of tables are seldom the same, and would be kept for nothing. */
const MOST_SHARED = 4;

/** What to remember of nodes that belong to one element. */
export function knownElement(
  nodes: readonly EntityNode[],
  entities: readonly Entity[],
): KnownElement {
  let contentIds: readonly ContentId[] = none;
  let references: readonly ResolvedReference[] = none;
  for (const node of nodes) {
    if (node.contentId !== undefined) contentIds = [...contentIds, node.contentId];
    if (node.references !== undefined) references = [...references, ...node.references];
  }
  return { tables: tablesOf(nodes), entities, contentIds, references };
}

const tableLists = new Map<string, readonly TableName[]>();

/** One list for all elements that are built alike, such as a service with one route. */
function tablesOf(nodes: readonly EntityNode[]): readonly TableName[] {
  const tables = nodes.map(({ table }) => table);
  if (tables.length > MOST_SHARED) return tables;
  const key = tables.join();
  const known = tableLists.get(key);
  if (known === undefined) tableLists.set(key, tables);
  return known ?? tables;
}

/**
 * What to remember of a document.
 *
 * @returns undefined when it was not taken apart in the way in which it was read
 */
export function knownDocument(
  { rules, nodes, entities, tables }: GoodDocument,
  split: SplitJson,
): KnownDocument | undefined {
  const elements: KnownElement[][] = [];
  let at = 0;
  for (const { table, elements: texts } of split.collections) {
    const known: KnownElement[] = [];
    for (let index = 0; index < texts.length; index += 1) {
      const first = nodes[at];
      if (first?.parent !== null || first.table !== table || first.index !== index) {
        return undefined;
      }
      const start = at;
      do at += 1;
      while (nodes[at]?.parent != null);
      known.push(knownElement(nodes.slice(start, at), entities.slice(start, at)));
    }
    elements.push(known);
  }
  return at === nodes.length ? { split, rules, elements, tables } : undefined;
}
