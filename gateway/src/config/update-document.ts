import { isDeepStrictEqual } from 'node:util';
import { definitionOf, type Entity } from '../entities/tables.ts';
import { Collector, type StructureProblem } from './collect.ts';
import { hasRepeatedFields } from './document.ts';
import { EntityChecker } from './entity-checker.ts';
import { findPlaces } from './find-places.ts';
import type { SplitJson } from './text/json-split.ts';
import { knownElement, type KnownDocument, type KnownElement } from './known-document.ts';
import { IdSource } from './node-id.ts';
import type { EntityNode, Values } from './node.ts';
import type { DeclarativeOptions } from './parse.ts';
import type { ProblemList } from './problem-list.ts';
import { ReferenceIndex, resolveReferences, type Declared } from './references.ts';
import { TableBuilder } from './table-builder.ts';
import { unsupportedPlugins } from './unsupported/unsupported-plugins.ts';

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
  { plugins, allowUnsupportedPlugins = false }: DeclarativeOptions,
  problems: ProblemList,
): KnownDocument | undefined {
  if (split.frame !== known.split.frame) return undefined;
  const collected = collect(known, split);
  if (collected === undefined) return undefined;
  const { collections, nodes } = collected;
  const index = new ReferenceIndex(() => declaredIn(collections));
  if (resolveReferences(nodes, index).length > 0) return undefined;

  const checker = new EntityChecker(nodes, plugins, problems, known.rules.legacyPaths);
  const entities: Entity[] = [];
  for (const node of nodes) {
    const entity = checker.check(node);
    if (entity === undefined) return undefined;
    entities.push(unlessKnown(node, entity, known.tables[node.table]));
  }
  const builder = new TableBuilder(known.tables);
  const elements: KnownElement[][] = [];
  let read = 0;
  for (const collection of collections) {
    const good: KnownElement[] = [];
    for (const element of collection) {
      if (isKnown(element)) {
        if (!isStillGood(element, index, checker)) return undefined;
        good.push(element);
      } else {
        good.push(knownElement(element, entities.slice(read, read + element.length)));
        read += element.length;
      }
    }
    if (!good.every((element) => addAll(element, builder))) return undefined;
    elements.push(good);
  }
  const tables = builder.finish();
  if (!allowUnsupportedPlugins && unsupportedPlugins(tables, plugins).length > 0) return undefined;
  return problems.isEmpty ? { split, rules: known.rules, elements, tables } : undefined;
}

interface Collected {
  readonly collections: readonly (readonly Element[])[];
  readonly nodes: readonly EntityNode[];
}

function collect(known: KnownDocument, split: SplitJson): Collected | undefined {
  const found = split.collections.map(({ elements: texts }, place) =>
    findPlaces(texts, known.split.collections[place]?.elements ?? []).map(
      (before) => known.elements[place]?.[before],
    ),
  );
  // When most is new, reading all of it costs less.
  const all = found.flat();
  if (all.filter((element) => element !== undefined).length * 2 < all.length) return undefined;

  const ids = new IdSource();
  const problems: StructureProblem[] = [];
  const collector = new Collector(known.rules.deck, ids, problems);
  const collections: Element[][] = [];
  for (const [place, { table, elements: texts }] of split.collections.entries()) {
    const elements: Element[] = [];
    for (const [index, text] of texts.entries()) {
      const element = found[place]?.[index];
      if (element !== undefined && ids.giveAgain(element.contentIds)) {
        elements.push(element);
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

/** Whether an element refers to what it referred to and repeats none of those that were read. */
function isStillGood(
  { tables, entities, references }: KnownElement,
  index: ReferenceIndex,
  checker: EntityChecker,
): boolean {
  for (const reference of references) if (!index.holds(reference)) return false;
  for (let place = 0; place < tables.length; place += 1) {
    const [table, entity] = [tables[place], entities[place]];
    if (table === undefined || entity === undefined) continue;
    if (checker.repeats(table, entity)) return false;
  }
  return true;
}

/** The entity as it was known, if nothing but what is filled in differs. */
function unlessKnown(
  { table, input }: EntityNode,
  entity: Entity,
  known: ReadonlyMap<string, Entity>,
): Entity {
  const before = known.get(entity.id);
  if (before === undefined) return entity;
  const { fields } = definitionOf(table);
  for (const name in fields) {
    const isFilledIn = fields[name]?.auto === true && fields[name].unique !== true;
    if (isFilledIn && (input[name] ?? null) === null) continue;
    if (!isSameValue(valueOf(before, name), valueOf(entity, name))) return entity;
  }
  return before;
}

function valueOf(entity: object, name: string): unknown {
  return (entity as Values)[name];
}

function isSameValue(a: unknown, b: unknown): boolean {
  return a === b || (typeof a === 'object' && a !== null && isDeepStrictEqual(a, b));
}

function addAll({ tables, entities }: KnownElement, builder: TableBuilder): boolean {
  for (let place = 0; place < tables.length; place += 1) {
    const [table, entity] = [tables[place], entities[place]];
    if (table !== undefined && entity !== undefined && !builder.add(table, entity)) return false;
  }
  return true;
}
