import { readFile } from 'node:fs/promises';
import { parseDeclarative, type Declarative } from '../config/parse.ts';
import { formatProblem, type Problem } from '../config/problem.ts';
import { definitionOf, tableNames, type EntityTables } from '../entities/tables.ts';
import { bundledPlugins } from '../plugins/bundled.ts';

export interface CheckOptions {
  /** Also list what the files use and this version does not serve, with counts. */
  readonly report: boolean;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
}

/**
 * Checks declarative files, each by itself, and prints what is wrong with them.
 *
 * @returns exit status: 0 when every file can be served, 1 otherwise
 */
export async function runCheck(files: readonly string[], options: CheckOptions): Promise<number> {
  const { stdout, stderr, report } = options;
  let status = 0;
  const problems: Problem[] = [];
  for (const file of files) {
    const result = await check(file);
    if (result.ok) {
      stdout.write(`${file}: ok${summary(result.entities)}\n`);
      continue;
    }
    status = 1;
    problems.push(...result.problems);
    for (const problem of result.problems) stderr.write(`${formatProblem(problem)}\n`);
    const { length } = result.problems;
    stderr.write(`${file}: ${length} ${length === 1 ? 'problem' : 'problems'}\n`);
  }
  if (report) stdout.write(unsupportedReport(problems));
  return status;
}

async function check(file: string): Promise<Declarative> {
  try {
    return parseDeclarative(await readFile(file, 'utf8'), file, { plugins: bundledPlugins });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const message = code === 'ENOENT' ? 'no such file' : `cannot be read (${code})`;
    return { ok: false, problems: [{ file, line: 1, column: 1, message }] };
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

function unsupportedReport(problems: readonly Problem[]): string {
  const groups = new Map<string, Map<string, number>>();
  for (const { unsupported } of problems) {
    if (unsupported === undefined) continue;
    const { group, field = '' } = unsupported;
    const fields = groups.get(group) ?? new Map<string, number>();
    fields.set(field, (fields.get(field) ?? 0) + 1);
    groups.set(group, fields);
  }
  if (groups.size === 0) return 'Nothing here is unsupported.\n';
  const lines = ['Not supported yet:'];
  for (const [group, fields] of byName(groups)) {
    const whole = fields.get('');
    lines.push(whole === undefined ? `  ${group}` : `  ${group}: ${whole}`);
    for (const [field, count] of byName(fields)) {
      if (field !== '') lines.push(`    ${field}: ${count}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function byName<T>(map: ReadonlyMap<string, T>): [string, T][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}
