import type { Entity, EntityTables, TableName } from '../entities/tables.ts';
import { tableNames } from '../entities/tables.ts';
import { collectEntities, type StructureProblem } from './collect.ts';
import { parseSource } from './document.ts';
import { EntityChecker } from './entity-checker.ts';
import type { Values } from './node.ts';
import type { PluginSchemas } from './plugin-validators.ts';
import { readPreamble } from './preamble.ts';
import { ProblemList } from './problem-list.ts';
import type { Problem } from './problem.ts';
import { resolveReferences } from './references.ts';
import { SourceText } from './source-text.ts';

export interface DeclarativeOptions {
  /** The plugins that can be configured. */
  readonly plugins: PluginSchemas;
  /** Values for decK's `${{ env "DECK_…" }}`; the process's own environment when absent. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export type Declarative =
  | {
      readonly ok: true;
      readonly entities: EntityTables;
      /** Whether secrets still have to be hashed; false in files that Kong exported. */
      readonly transform: boolean;
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Reads a declarative configuration as Kong and decK write it, YAML or JSON, and validates all of
 * it: either every entity with defaults filled in, or everything that is wrong, in the order of the
 * file.
 *
 * @param text content of the file
 * @param fileName shown in messages; a name ending in `.json` is held to JSON
 */
export function parseDeclarative(
  text: string,
  fileName: string,
  options: DeclarativeOptions,
): Declarative {
  const source = new SourceText(text, options.env ?? process.env);
  const problems = new ProblemList(fileName, source);
  for (const mistake of source.mistakes) problems.mistake(mistake, true);
  if (!problems.isEmpty) return refused(problems);
  const document = parseSource(source, fileName);
  if (Array.isArray(document)) {
    for (const mistake of document) problems.mistake(mistake);
    return refused(problems);
  }
  problems.locateIn(document);
  const { value } = document;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const found = text.trim() === '' ? 'the file is empty' : 'the file holds something else';
    problems.add([], `expected a declarative configuration, but ${found}`);
    return refused(problems);
  }
  return readDocument(value as Values, options.plugins, problems);
}

function readDocument(
  document: Values,
  plugins: PluginSchemas,
  problems: ProblemList,
): Declarative {
  const preamble = readPreamble(document, problems);
  const structure: StructureProblem[] = [];
  const nodes = collectEntities(preamble.collections, preamble.deck, structure);
  for (const { path, message, node } of structure) problems.add(path, message, { node });
  for (const { node, field, message, suggestion } of resolveReferences(nodes)) {
    problems.failure(node, {
      path: [field],
      message,
      rule: 'reference',
      ...(suggestion === undefined ? {} : { suggestion }),
    });
  }
  const checker = new EntityChecker(nodes, plugins, problems, preamble.legacyPaths);
  const tables = emptyTables();
  for (const node of nodes) {
    const entity = checker.check(node);
    if (entity === undefined) continue;
    const table = tables[node.table];
    if (table.has(entity.id)) checker.refuseSameId(node);
    else table.set(entity.id, entity);
  }
  const entities = tables as EntityTables;
  for (const node of nodes) checker.checkTogether(node, entities);
  if (!problems.isEmpty) return refused(problems);
  return { ok: true, entities, transform: preamble.transform };
}

function refused(problems: ProblemList): Declarative {
  return { ok: false, problems: problems.sorted() };
}

function emptyTables(): Record<TableName, Map<string, Entity>> {
  return Object.fromEntries(tableNames.map((name) => [name, new Map<string, Entity>()])) as Record<
    TableName,
    Map<string, Entity>
  >;
}
