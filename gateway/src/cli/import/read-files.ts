import type { Caveat } from '../../config/caveats/caveat.ts';
import { misreadPasswords } from '../../config/caveats/password-caveats.ts';
import { readDeclaration } from '../../config/declaration.ts';
import { labelOf, type EntityNode } from '../../config/node.ts';
import { formatProblem } from '../../config/problem.ts';
import { UnreadableFile } from '../../config/text/read-file.ts';
import {
  tableNames,
  type Entity,
  type EntityTables,
  type TableName,
} from '../../entities/tables.ts';
import { knownPlugins } from '../../plugins/known.ts';
import { ifAllowed } from '../if-allowed.ts';
import type { Io } from '../io.ts';
import { readText } from '../read-text.ts';

/** What declarative files hold together. */
export interface Declared {
  readonly tables: EntityTables;
  readonly nodes: readonly EntityNode[];
  /** Where an entity stands, as `file:line:column`; undefined for what is in no file. */
  readonly placeOf: (table: TableName, id: string) => string | undefined;
  /** Credentials whose passwords still have to be hashed. */
  readonly plain: ReadonlySet<string>;
  /** Passwords that nobody can have, as far as a single file tells. */
  readonly misread: readonly Caveat[];
}

/** What is wrong with files, a line each. */
export interface Refused {
  readonly problems: readonly string[];
  /** Whether all of each file was looked at; otherwise there may be more. */
  readonly isWhole: boolean;
}

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
  const places = new Map<string, () => string>();
  const plain = new Set<string>();
  const misread: Caveat[] = [];
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
    unservable.push(
      ...read.unservable.problems.map((problem) => formatProblem(ifAllowed(problem))),
    );
    if (!read.ok) {
      problems.push(...read.problems.map(formatProblem));
      isWhole &&= read.isWhole;
      continue;
    }
    for (const node of read.nodes) {
      nodes.push(node);
      const key = `${node.table} ${node.id}`;
      const other = places.get(key);
      if (other !== undefined) {
        problems.push(`${read.placeOf(node)}: ${labelOf(node)} is in ${other()} already`);
      }
      places.set(key, () => read.placeOf(node));
    }
    for (const table of tableNames) {
      const gathered = all.get(table);
      for (const [id, entity] of read.tables[table]) gathered?.set(id, entity);
    }
    if (read.transform) for (const id of read.tables.basicauth_credentials.keys()) plain.add(id);
    misread.push(...misreadPasswords(read.tables, read.transform));
  }
  if (problems.length > 0) {
    return { problems: [...problems, ...(allowUnsupported ? [] : unservable)], isWhole };
  }
  return {
    tables: Object.fromEntries(all) as unknown as EntityTables,
    nodes,
    placeOf: (table, id) => places.get(`${table} ${id}`)?.(),
    plain,
    misread,
  };
}
