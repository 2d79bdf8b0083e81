import type { Entity } from '../entities/tables.ts';
import { Collector, type StructureProblem } from './collect.ts';
import { hasRepeatedFields } from './document.ts';
import { EntityChecker } from './entity-checker.ts';
import type { SplitJson } from './json-split.ts';
import { knownElement, type KnownDocument, type KnownElement } from './known-document.ts';
import { IdSource } from './node-id.ts';
import type { EntityNode, Values } from './node.ts';
import type { PluginSchemas } from './plugin-validators.ts';
import type { ProblemList } from './problem-list.ts';
import { ReferenceIndex, resolveReferences, type Declared } from './references.ts';
import { TableBuilder } from './table-builder.ts';
import { grpcServiceOf } from './unsupported.ts';

/** An element as it was known, or the nodes of one that has to be read. */
type Element = KnownElement | readonly EntityNode[];

/**
 * Reads a document that differs from a known one in some elements, and of it only these. What holds
 * between elements is judged anew.
 *
 * @param problems an empty list, of which nothing is told
 * @returns undefined when something is wrong, or when it would take a full reading to be sure
 */
export function updateDocument(
  known: KnownDocument,
  split: SplitJson,
  plugins: PluginSchemas,
  problems: ProblemList,
): KnownDocument | undefined {
  if (split.frame !== known.split.frame) return undefined;
  const collected = collect(known, split);
  if (collected === undefined) return undefined;
  const { collections, nodes } = collected;
  const index = new ReferenceIndex(() => declaredIn(collections));
  if (resolveReferences(nodes, index).length > 0) return undefined;

  const checker = new EntityChecker(nodes, plugins, problems, known.preamble.legacyPaths);
  const builder = new TableBuilder(known.tables);
  const elements: KnownElement[][] = [];
  for (const collection of collections) {
    const read: KnownElement[] = [];
    for (const element of collection) {
      const good = isKnown(element)
        ? isStillGood(element, index, checker)
        : check(element, checker);
      if (good === undefined || !addAll(good, builder)) return undefined;
      read.push(good);
    }
    elements.push(read);
  }
  const tables = builder.finish();
  for (const route of tables.routes.values()) {
    if (grpcServiceOf(route, tables.services) !== undefined) return undefined;
  }
  return problems.isEmpty ? { split, preamble: known.preamble, elements, tables } : undefined;
}

interface Collected {
  readonly collections: readonly (readonly Element[])[];
  readonly nodes: readonly EntityNode[];
}

function collect(known: KnownDocument, split: SplitJson): Collected | undefined {
  const ids = new IdSource();
  const problems: StructureProblem[] = [];
  const collector = new Collector(known.preamble.deck, ids, problems);
  const collections: Element[][] = [];
  for (const [place, { table, elements: texts }] of split.collections.entries()) {
    const before = known.split.collections[place]?.elements ?? [];
    const find = finder(before, known.elements[place] ?? [], texts);
    const elements: Element[] = [];
    for (const [index, text] of texts.entries()) {
      const found = find(index, text);
      if (found !== undefined && ids.giveAgain(found.contentIds)) {
        elements.push(found);
        continue;
      }
      const value = parse(text);
      if (value === undefined) return undefined;
      const start = collector.nodes.length;
      collector.entity(table, value, null, null, index);
      elements.push(collector.nodes.slice(start));
    }
    collections.push(elements);
  }
  return problems.length === 0 ? { collections, nodes: collector.nodes } : undefined;
}

type Find = (index: number, text: string) => KnownElement | undefined;

/** Most elements stand where they stood, counted from the beginning or from the end. */
function finder(
  before: readonly string[],
  known: readonly KnownElement[],
  texts: readonly string[],
): Find {
  const shift = before.length - texts.length;
  let byText: Map<string, KnownElement> | undefined;
  return function find(index, text) {
    if (before[index] === text) return known[index];
    if (before[index + shift] === text) return known[index + shift];
    byText ??= new Map(before.map((other, place) => [other, known[place] as KnownElement]));
    return byText.get(text);
  };
}

function parse(text: string): Values | undefined {
  try {
    const value = JSON.parse(text) as Values;
    return hasRepeatedFields(text, value) ? undefined : value;
  } catch {
    return undefined;
  }
}

function isKnown(element: Element): element is KnownElement {
  return 'entities' in element;
}

function* declaredIn(collections: Collected['collections']): Generator<Declared> {
  for (const elements of collections) {
    for (const element of elements) {
      if (!isKnown(element)) yield* element;
      else {
        for (const [place, table] of element.tables.entries()) {
          const entity = element.entities[place] as Entity;
          yield { table, id: entity.id, input: entity };
        }
      }
    }
  }
}

/** The element again, unless it refers elsewhere now or repeats another. */
function isStillGood(
  element: KnownElement,
  index: ReferenceIndex,
  checker: EntityChecker,
): KnownElement | undefined {
  const { tables, entities, references } = element;
  for (const reference of references) if (!index.holds(reference)) return undefined;
  for (let place = 0; place < tables.length; place += 1) {
    const [table, entity] = [tables[place], entities[place]];
    if (table === undefined || entity === undefined) continue;
    if (!checker.accept(table, entity)) return undefined;
  }
  return element;
}

function check(nodes: readonly EntityNode[], checker: EntityChecker): KnownElement | undefined {
  const entities: Entity[] = [];
  for (const node of nodes) {
    const entity = checker.check(node);
    if (entity === undefined) return undefined;
    entities.push(entity);
  }
  return knownElement(nodes, entities);
}

function addAll({ tables, entities }: KnownElement, builder: TableBuilder): boolean {
  for (let place = 0; place < tables.length; place += 1) {
    const [table, entity] = [tables[place], entities[place]];
    if (table !== undefined && entity !== undefined && !builder.add(table, entity)) return false;
  }
  return true;
}
