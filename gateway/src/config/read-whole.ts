import { definitionOf, type Entity, type EntityTables } from '../entities/tables.ts';
import type { Caveat } from './caveats/caveat.ts';
import { caveatsOf } from './caveats/caveats.ts';
import { collectEntities, type StructureProblem } from './collect.ts';
import type { DeclaredFailure } from './declared-failure.ts';
import { parseSource } from './document.ts';
import { EntityChecker, type Purpose } from './entity-checker.ts';
import { pathOf, type EntityNode, type Values } from './node.ts';
import type { PluginSchemas } from '../entities/plugin.ts';
import { readPreamble, type ReadingRules } from './preamble.ts';
import { ProblemList } from './problem-list.ts';
import type { Problem } from './problem.ts';
import { ReferenceIndex, resolveReferences } from './references.ts';
import type { SourceText } from './text/source-text.ts';
import { TableBuilder } from './table-builder.ts';

/** A document that can be served. */
export interface GoodDocument {
  readonly ok: true;
  readonly rules: ReadingRules;
  readonly nodes: readonly EntityNode[];
  /** Where a node stands, as `file:line:column`. */
  readonly placeOf: (node: EntityNode) => string;
  /** What became of each node. */
  readonly entities: readonly Entity[];
  readonly tables: EntityTables;
  readonly isJson: boolean;
  /**
   * Of a document to be stored: plugins that would have to run on one of its routes, and cannot.
   * Whether that is a problem is for the store to say.
   */
  readonly unservable: Unservable;
}

/** Plugins that would have to run, and cannot. */
export interface Unservable {
  /** For people, in the order of the text. */
  readonly problems: readonly Problem[];
  /** The same as Kong would tell it. */
  readonly failures: readonly DeclaredFailure[];
}

export interface BadDocument {
  readonly ok: false;
  /** In the order of the file. */
  readonly problems: readonly Problem[];
  /** The same as Kong tells it, of all its stages. */
  readonly failures: readonly DeclaredFailure[];
  /** Of the entities that are right by themselves. */
  readonly caveats: readonly Caveat[];
  /** Whether all of it was looked at; otherwise there may be more problems. */
  readonly isWhole: boolean;
  readonly unservable: Unservable;
}

/** By what a document is judged. */
export interface Judgement {
  /** The plugins that can be configured. */
  readonly plugins: PluginSchemas;
  /** To serve it, unless it says otherwise. */
  readonly purpose?: Purpose;
  /** See `DeclarativeOptions`. */
  readonly allowUnsupportedPlugins?: boolean;
}

/**
 * Reads a document from beginning to end.
 *
 * @param fileName decides about the syntax when it ends in `.json`
 */
export function readWhole(
  source: SourceText,
  fileName: string,
  judgement: Judgement,
): GoodDocument | BadDocument {
  const problems = new ProblemList(fileName, source);
  for (const mistake of source.mistakes) problems.mistake(mistake, true);
  if (!source.isReadable) return refused(problems);
  const document = parseSource(source, fileName);
  if (Array.isArray(document)) {
    for (const mistake of document) problems.mistake(mistake);
    return refused(problems);
  }
  problems.locateIn(document);
  const { value, isJson } = document;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const isEmpty = source.text.trim() === '';
    problems.notADocument(isEmpty ? 'the file is empty' : 'the file holds something else');
    return refused(problems);
  }
  return readDocument(value as Values, isJson, judgement, problems);
}

function readDocument(
  document: Values,
  isJson: boolean,
  { plugins, purpose = 'serve', allowUnsupportedPlugins = false }: Judgement,
  problems: ProblemList,
): GoodDocument | BadDocument {
  const hasPlaceholders = !problems.isEmpty;
  const { rules, collections } = readPreamble(document, problems);
  const structure: StructureProblem[] = [];
  const nodes = collectEntities(collections, rules.deck, structure);
  for (const { path, message, node, kong } of structure) {
    problems.add(path, message, {
      node,
      ...(kong === undefined ? {} : { kong: { message: kong } }),
    });
  }
  for (const { node, within, message, suggestion } of resolveReferences(
    nodes,
    new ReferenceIndex(() => nodes),
  )) {
    problems.failure(node, {
      path: [...within],
      message,
      rule: 'reference',
      ...(suggestion === undefined ? {} : { suggestion }),
    });
    declareBadReference(problems, node, within, message);
  }
  const checker = new EntityChecker(nodes, plugins, problems, rules.legacyPaths, purpose);
  const builder = new TableBuilder();
  const entities: Entity[] = [];
  for (const node of nodes) {
    const entity = checker.check(node);
    if (entity === undefined) continue;
    entities.push(entity);
    if (!builder.add(node.table, entity)) checker.refuseSameId(node);
  }
  const tables = builder.finish();
  // What can only not be served does not keep a document from being stored.
  const unserved = purpose === 'serve' ? problems : problems.another();
  if (!allowUnsupportedPlugins) checker.refuseUnsupportedPlugins(tables, unserved);
  const unservable =
    purpose === 'serve'
      ? nothingUnservable
      : { problems: unserved.sorted(), failures: unserved.declared };
  if (problems.isEmpty) {
    const placeOf = (node: EntityNode): string => problems.placeOf(node);
    return { ok: true, rules, nodes, placeOf, entities, tables, isJson, unservable };
  }
  return {
    ...refused(problems),
    caveats: caveatsOf(tables),
    isWhole: !hasPlaceholders,
    unservable,
  };
}

function declareBadReference(
  problems: ProblemList,
  node: EntityNode,
  within: readonly string[],
  message: string,
): void {
  const { endpointKey, fields } = definitionOf(node.table);
  const unique = endpointKey !== null && fields[endpointKey]?.unique === true;
  const name = unique ? node.input[endpointKey] : undefined;
  const at = typeof name === 'string' ? name : node.id;
  problems.declare({ stage: 'whole', path: [node.table, at], message, list: true, node, within });
  problems.declare({
    stage: 'dangling',
    path: [...pathOf(node), ...within, 'id'],
    message: 'missing primary key',
    node,
    within: [...within, 'id'],
  });
}

const nothingUnservable: Unservable = { problems: [], failures: [] };

function refused(problems: ProblemList): BadDocument {
  return {
    ok: false,
    problems: problems.sorted(),
    failures: problems.declared,
    caveats: [],
    isWhole: false,
    unservable: nothingUnservable,
  };
}
