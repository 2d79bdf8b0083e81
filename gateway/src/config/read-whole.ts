import type { Entity, EntityTables } from '../entities/tables.ts';
import { caveatsOf, type Caveat } from './caveats.ts';
import { collectEntities, type StructureProblem } from './collect.ts';
import { parseSource } from './document.ts';
import { EntityChecker } from './entity-checker.ts';
import type { EntityNode, Values } from './node.ts';
import type { PluginSchemas } from '../entities/plugin.ts';
import { readPreamble, type ReadingRules } from './preamble.ts';
import { ProblemList } from './problem-list.ts';
import type { Problem } from './problem.ts';
import { ReferenceIndex, resolveReferences } from './references.ts';
import type { SourceText } from './source-text.ts';
import { TableBuilder } from './table-builder.ts';

/** A document that can be served. */
export interface GoodDocument {
  readonly ok: true;
  readonly rules: ReadingRules;
  readonly nodes: readonly EntityNode[];
  /** What became of each node. */
  readonly entities: readonly Entity[];
  readonly tables: EntityTables;
  readonly isJson: boolean;
}

export interface BadDocument {
  readonly ok: false;
  /** In the order of the file. */
  readonly problems: readonly Problem[];
  /** Of the entities that are right by themselves. */
  readonly caveats: readonly Caveat[];
}

/**
 * Reads a document from beginning to end.
 *
 * @param fileName decides about the syntax when it ends in `.json`
 */
export function readWhole(
  source: SourceText,
  fileName: string,
  plugins: PluginSchemas,
): GoodDocument | BadDocument {
  const problems = new ProblemList(fileName, source);
  for (const mistake of source.mistakes) problems.mistake(mistake, true);
  if (!problems.isEmpty) return refused(problems);
  const document = parseSource(source, fileName);
  if (Array.isArray(document)) {
    for (const mistake of document) problems.mistake(mistake);
    return refused(problems);
  }
  problems.locateIn(document);
  const { value, isJson } = document;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const found = source.text.trim() === '' ? 'the file is empty' : 'the file holds something else';
    problems.add([], `expected a declarative configuration, but ${found}`);
    return refused(problems);
  }
  return readDocument(value as Values, isJson, plugins, problems);
}

function readDocument(
  document: Values,
  isJson: boolean,
  plugins: PluginSchemas,
  problems: ProblemList,
): GoodDocument | BadDocument {
  const { rules, collections } = readPreamble(document, problems);
  const structure: StructureProblem[] = [];
  const nodes = collectEntities(collections, rules.deck, structure);
  for (const { path, message, node } of structure) problems.add(path, message, { node });
  for (const { node, field, message, suggestion } of resolveReferences(
    nodes,
    new ReferenceIndex(() => nodes),
  )) {
    problems.failure(node, {
      path: [field],
      message,
      rule: 'reference',
      ...(suggestion === undefined ? {} : { suggestion }),
    });
  }
  const checker = new EntityChecker(nodes, plugins, problems, rules.legacyPaths);
  const builder = new TableBuilder();
  const entities: Entity[] = [];
  for (const node of nodes) {
    const entity = checker.check(node);
    if (entity === undefined) continue;
    entities.push(entity);
    if (!builder.add(node.table, entity)) checker.refuseSameId(node);
  }
  const tables = builder.finish();
  for (const node of nodes) checker.checkTogether(node, tables);
  if (!problems.isEmpty) return { ...refused(problems), caveats: caveatsOf(tables) };
  return { ok: true, rules, nodes, entities, tables, isJson };
}

function refused(problems: ProblemList): BadDocument {
  return { ok: false, problems: problems.sorted(), caveats: [] };
}
