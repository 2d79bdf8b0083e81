import { readDeclaration } from '../../config/declaration.ts';
import type { EntityNode } from '../../config/node.ts';
import { formatProblem } from '../../config/problem.ts';
import { readTextFile, UnreadableFile } from '../../config/read-file.ts';
import { definitionOf, tableNames, type Entity, type EntityTables } from '../../entities/tables.ts';
import { knownPlugins } from '../../plugins/known.ts';
import type { Io } from '../io.ts';
import { textOf } from '../text-of.ts';

/** What declarative files hold together. */
export interface Declared {
  readonly tables: EntityTables;
  readonly nodes: readonly EntityNode[];
  /** Credentials whose passwords still have to be hashed. */
  readonly plain: ReadonlySet<string>;
}

/**
 * Reads declarative files, each of which is complete in itself.
 *
 * @param paths `-` is the standard input
 * @returns what they hold, or everything that is wrong with them
 */
export async function readFiles(
  paths: readonly string[],
  io: Pick<Io, 'stdin' | 'environment'>,
): Promise<Declared | readonly string[]> {
  const problems: string[] = [];
  const all = new Map(tableNames.map((table) => [table, new Map<string, Entity>()]));
  const nodes: EntityNode[] = [];
  const plain = new Set<string>();
  for (const path of paths) {
    const name = path === '-' ? 'stdin' : path;
    const text = await readText(path, io);
    if (typeof text !== 'string') {
      problems.push(`${name}: ${text.message}`);
      continue;
    }
    const read = readDeclaration(text, { plugins: knownPlugins, env: io.environment, name });
    if (!read.ok) {
      problems.push(...read.problems.map(formatProblem));
      continue;
    }
    for (const node of read.nodes) nodes.push(node);
    for (const table of tableNames) {
      const gathered = all.get(table);
      for (const [id, entity] of read.tables[table]) {
        if (gathered?.has(id) === true) {
          problems.push(`${name}: the ${definitionOf(table).singular} ${id} is in two files`);
        }
        gathered?.set(id, entity);
      }
    }
    if (read.transform) for (const id of read.tables.basicauth_credentials.keys()) plain.add(id);
  }
  if (problems.length > 0) return problems;
  return { tables: Object.fromEntries(all) as unknown as EntityTables, nodes, plain };
}

async function readText(
  path: string,
  { stdin }: Pick<Io, 'stdin'>,
): Promise<string | UnreadableFile> {
  try {
    return path === '-' ? await textOf(stdin()) : await readTextFile(path);
  } catch (error) {
    if (error instanceof UnreadableFile) return error;
    throw error;
  }
}
