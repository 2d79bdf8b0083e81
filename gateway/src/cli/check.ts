import type { Caveat } from '../config/caveats/caveat.ts';
import { formatProblem, type Problem } from '../config/problem.ts';
import { UnreadableFile } from '../config/text/read-file.ts';
import { definitionOf, tableNames, type EntityTables } from '../entities/tables.ts';
import { checkReport, countOf } from './check-report.ts';
import { judgeToServe, judgeToStore, type Judged } from './check-text.ts';
import type { Io } from './io.ts';
import { readText } from './read-text.ts';

export interface CheckOptions extends Io {
  /**
   * Count what the files use and this version does not serve, in place of naming each place. What else
   * is wrong is named in any case.
   */
  readonly report: boolean;
  /** Judge as an import into an empty store does, not as a start with the file. */
  readonly forStore: boolean;
}

/**
 * Checks declarative files, each by itself, and prints what is wrong with them.
 *
 * @param files paths; `-` is the standard input
 * @returns exit status: 0 when every file can be served (or stored), 1 otherwise
 */
export async function runCheck(files: readonly string[], options: CheckOptions): Promise<number> {
  const { stdout, stderr, report, forStore } = options;
  let unreadable = 0;
  let isWhole = true;
  let storable = 0;
  const problems: Problem[] = [];
  const caveats: Caveat[] = [];
  for (const path of files) {
    const file = path === '-' ? 'stdin' : path;
    const text = await readText(path, options);
    if (text instanceof UnreadableFile) {
      unreadable += 1;
      isWhole = false;
      stderr.write(`${file}: ${text.message}\n`);
      continue;
    }
    const judged = (forStore ? judgeToStore : judgeToServe)(text, file, options.environment);
    if (report) caveats.push(...judged.caveats);
    else for (const { message } of judged.caveats) warn(file, message, options);
    problems.push(...judged.problems);
    isWhole &&= judged.isWhole;
    if (judged.tables === null) tell(file, judged, options);
    else stdout.write(`${file}: ok${summary(judged.tables)}\n`);
    if (!forStore && couldBeStored(judged)) storable += 1;
  }
  if (report) {
    stdout.write(
      checkReport({ files: files.length, unreadable, isWhole, problems, caveats, forStore }),
    );
  }
  if (storable > 0) {
    stderr.write(
      'What is not supported may be kept in a store, without effect; plugins that would have to run only with --allow-unsupported-plugins: sluice check --for-store says what an import would.\n',
    );
  }
  return problems.length + unreadable > 0 ? 1 : 0;
}

function warn(file: string, message: string, { stderr }: CheckOptions): void {
  stderr.write(`${file}: warning: ${message}\n`);
}

function tell(file: string, judged: Judged, { report, stderr }: CheckOptions): void {
  const { problems, isWhole } = judged;
  const shown = report ? problems.filter(({ unsupported }) => unsupported === undefined) : problems;
  for (const problem of shown) stderr.write(`${formatProblem(problem)}\n`);
  if (shown.length > 0) stderr.write(`${file}: ${countOf(shown.length)}\n`);
  if (!isWhole)
    stderr.write(`${file}: not all of it could be looked at; there may be more problems\n`);
}

/** Whether nothing is wrong but what only this version of Sluice cannot do yet. */
function couldBeStored({ problems }: Judged): boolean {
  return (
    problems.length > 0 &&
    problems.every(({ unsupported }) => unsupported !== undefined && !unsupported.otherEdition)
  );
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
