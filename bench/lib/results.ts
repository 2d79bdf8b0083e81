import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { BenchOptions } from './options.ts';
import {
  type Machine,
  describeCommit,
  describeMachine,
  describeVersions,
  workspace,
} from './tools.ts';

/** What was measured, where and with what. */
export interface Result<T> {
  /** `FORMAT` of the time. */
  readonly format: number;
  readonly suite: string;
  /** ISO 8601. */
  readonly date: string;
  readonly commit: string;
  readonly quick: boolean;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  /** Of each row, in the suite's own shape. */
  readonly rows: readonly T[];
}

/** Changes with the shape of results: older ones are not read any more. */
const FORMAT = 1;

/** Where results are kept. */
export const usualFolder = join(workspace, 'bench', 'results');

/** Folder for the results of a run; quick ones never take the place of real ones. */
export function resultsFolder(options: Pick<BenchOptions, 'out' | 'quick'>): string {
  if (options.out !== undefined) return resolve(options.out);
  return options.quick ? join(usualFolder, 'quick') : usualFolder;
}

/** The last result of a suite; undefined when there is none that can be read. */
export function readResult<T>(suite: string, folder = usualFolder): Result<T> | undefined {
  const file = join(folder, `${suite}.json`);
  if (!existsSync(file)) return undefined;
  const result = JSON.parse(readFileSync(file, 'utf8')) as Result<T>;
  return result.format === FORMAT ? result : undefined;
}

/** Rows that can be measured by themselves, each at a commit of its own. */
export interface NamedRow {
  readonly name: string;
  readonly commit: string;
}

/** New rows, and for those that were not measured this time the ones of the last result. */
export function withLastRows<T extends NamedRow>(
  suite: string,
  order: readonly { readonly name: string }[],
  rows: readonly T[],
  options: Pick<BenchOptions, 'out' | 'quick'>,
): T[] {
  const last = readResult<T>(suite, resultsFolder(options))?.rows ?? [];
  return order.flatMap(({ name }) => [...rows, ...last].find((row) => row.name === name) ?? []);
}

/** Writes the result of a suite in place of the last one, and says where. */
export function writeResult<T>(
  suite: string,
  rows: readonly T[],
  options: Pick<BenchOptions, 'out' | 'quick'>,
): Result<T> {
  const result: Result<T> = {
    format: FORMAT,
    suite,
    date: new Date().toISOString(),
    commit: describeCommit(),
    quick: options.quick,
    machine: describeMachine(),
    versions: describeVersions(),
    rows,
  };
  const folder = resultsFolder(options);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${suite}.json`);
  writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
  console.log(`\nwritten to ${file}`);
  return result;
}
