import type { Caveat } from '../config/caveat.ts';
import { caveatsOf } from '../config/caveats.ts';
import { storedCaveats } from '../config/stored-caveats.ts';
import { parseDeclarative, type Declarative } from '../config/parse.ts';
import { formatProblem, type Problem } from '../config/problem.ts';
import { readTextFile, UnreadableFile } from '../config/read-file.ts';
import { definitionOf, tableNames, type EntityTables } from '../entities/tables.ts';
import { knownPlugins } from '../plugins/known.ts';
import { checkReport, countOf } from './check-report.ts';
import type { Io } from './io.ts';
import { textOf } from './text-of.ts';

export interface CheckOptions extends Pick<Io, 'stdin' | 'stdout' | 'stderr'> {
  /**
   * Count what the files use and this version does not serve, in place of naming each place. What else
   * is wrong is named in any case.
   */
  readonly report: boolean;
}

/**
 * Checks declarative files, each by itself, and prints what is wrong with them.
 *
 * @param files paths; `-` is the standard input
 * @returns exit status: 0 when every file can be served, 1 otherwise
 */
export async function runCheck(files: readonly string[], options: CheckOptions): Promise<number> {
  const { stdout, stderr, report } = options;
  let status = 0;
  let unreadable = 0;
  const problems: Problem[] = [];
  const caveats: Caveat[] = [];
  for (const path of files) {
    const file = path === '-' ? 'stdin' : path;
    const result = await check(path, file, options);
    if (typeof result === 'string') {
      status = 1;
      unreadable += 1;
      stderr.write(`${file}: ${result}\n`);
      continue;
    }
    const found = result.ok ? allCaveats(result.entities) : result.caveats;
    if (report) caveats.push(...found);
    else for (const { message } of found) stderr.write(`${file}: warning: ${message}\n`);
    if (result.ok) {
      stdout.write(`${file}: ok${summary(result.entities)}\n`);
      continue;
    }
    status = 1;
    problems.push(...result.problems);
    tell(file, result.problems, options);
  }
  if (report) {
    stdout.write(checkReport({ files: files.length, unreadable, problems, caveats }));
  }
  return status;
}

/** Those, too, of what may stand in a file since it would not take effect in Kong either. */
function allCaveats(entities: EntityTables): Caveat[] {
  return [...caveatsOf(entities), ...storedCaveats(entities)];
}

function tell(file: string, problems: readonly Problem[], { report, stderr }: CheckOptions): void {
  const shown = report ? problems.filter(({ unsupported }) => unsupported === undefined) : problems;
  for (const problem of shown) stderr.write(`${formatProblem(problem)}\n`);
  if (shown.length > 0) stderr.write(`${file}: ${countOf(shown.length)}\n`);
}

/** @returns what is in the file, or why it cannot be read */
async function check(
  path: string,
  file: string,
  { stdin }: CheckOptions,
): Promise<Declarative | string> {
  try {
    const text = path === '-' ? await textOf(stdin()) : await readTextFile(path);
    return parseDeclarative(text, file, { plugins: knownPlugins });
  } catch (error) {
    if (error instanceof UnreadableFile) return error.message;
    throw error;
  }
}

/** `, 2 services, 1 route`. */
function summary(entities: EntityTables): string {
  return tableNames
    .map((table) => ({ table, count: entities[table].size }))
    .filter(({ count }) => count > 0)
    .map(({ table, count }) => {
      const { singular } = definitionOf(table);
      return `, ${count} ${count === 1 ? singular : `${singular}s`}`;
    })
    .join('');
}
