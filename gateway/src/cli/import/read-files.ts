import { readDeclaration } from '../../config/declaration.ts';
import type { EntityNode } from '../../config/node.ts';
import { formatProblem } from '../../config/problem.ts';
import { UnreadableFile } from '../../config/read-file.ts';
import { definitionOf, tableNames, type Entity, type EntityTables } from '../../entities/tables.ts';
import { knownPlugins } from '../../plugins/known.ts';
import type { Io } from '../io.ts';
import { readText } from '../read-text.ts';

/** What declarative files hold together. */
export interface Declared {
  readonly tables: EntityTables;
  readonly nodes: readonly EntityNode[];
  /** Credentials whose passwords still have to be hashed. */
  readonly plain: ReadonlySet<string>;
}

/** What is wrong with files, a line each. */
export interface Refused {
  readonly problems: readonly string[];
  /** Whether all of each file was looked at; otherwise there may be more. */
  readonly isWhole: boolean;
}

/** What `--allow-unsupported-plugins` does to a plugin that cannot run. */
const IF_ALLOWED = ' (with --allow-unsupported-plugins it is stored without effect)';

/**
 * Reads declarative files, each of which is complete in itself.
 *
 * @param paths `-` is the standard input
 * @param allowUnsupported whether plugins that cannot run are stored without effect; otherwise they
 *   are named together with what is wrong. Where nothing is, the store decides.
 * @returns what they hold, or everything that is wrong with them
 */
export async function readFiles(
  paths: readonly string[],
  io: Pick<Io, 'stdin' | 'environment'>,
  allowUnsupported: boolean,
): Promise<Declared | Refused> {
  const problems: string[] = [];
  const all = new Map(tableNames.map((table) => [table, new Map<string, Entity>()]));
  const nodes: EntityNode[] = [];
  const plain = new Set<string>();
  const unservable: string[] = [];
  let isWhole = true;
  for (const path of paths) {
    const name = path === '-' ? 'stdin' : path;
    const text = await readText(path, io);
    if (text instanceof UnreadableFile) {
      problems.push(`${name}: ${text.message}`);
      continue;
    }
    const read = readDeclaration(text, { plugins: knownPlugins, env: io.environment, name });
    unservable.push(...read.unservable.map((problem) => formatProblem(problem) + IF_ALLOWED));
    if (!read.ok) {
      problems.push(...read.problems.map(formatProblem));
      isWhole &&= read.isWhole;
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
  if (problems.length > 0) {
    return { problems: [...problems, ...(allowUnsupported ? [] : unservable)], isWhole };
  }
  return { tables: Object.fromEntries(all) as unknown as EntityTables, nodes, plain };
}
