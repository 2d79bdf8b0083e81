import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BenchError } from './bench-error.ts';
import { KEY_FIELD, type Load, methodOf } from './load.ts';
import type { Session } from './session.ts';

/** What wrk says about a run; times in µs. */
export interface WrkReport {
  readonly requests: number;
  readonly durationMicros: number;
  readonly bytes: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly errors: {
    readonly connect: number;
    readonly read: number;
    readonly write: number;
    readonly timeout: number;
    /** Answers with a status above 399. */
    readonly status: number;
  };
}

const script = fileURLToPath(new URL('load.lua', import.meta.url));

/**
 * Reads what `load.lua` wrote.
 *
 * @throws BenchError when it wrote nothing
 */
export function parseWrkOutput(text: string): WrkReport {
  const line = /^RESULT (\{.*\})$/m.exec(text)?.[1];
  if (line === undefined) throw new BenchError(`wrk gave no result:\n${text}`);
  return JSON.parse(line) as WrkReport;
}

/** The description of a load as `load.lua` reads it. */
export function loadTable(load: Load): string {
  const headers = Object.entries(load.headers ?? {}).map(
    ([name, value]) => `[${luaString(name)}]=${luaString(value)}`,
  );
  const key =
    load.key === undefined
      ? ''
      : `,key=${luaString(load.key)},keyField="${KEY_FIELD}",keys=${load.keys ?? 1}`;
  const credentials =
    load.credentials === undefined
      ? ''
      : `,credentialField=${luaString(load.credentials.field)},` +
        `credentials={${load.credentials.values.map(luaString).join(',')}}`;
  return (
    `return {method="${methodOf(load)}",path=${luaString(load.path)},paths=${load.paths},` +
    `bodyBytes=${load.bodyBytes},headers={${headers.join(',')}}${key}${credentials}}\n`
  );
}

/** Escapes as decimal bytes: Lua knows not all of JSON's. */
function luaString(text: string): string {
  const escape = (char: string): string => `\\${String(char.charCodeAt(0)).padStart(3, '0')}`;
  return `"${text.replace(/[^ !#-[\]-~]/g, escape)}"`;
}

/**
 * Loads `url` for a while with wrk.
 *
 * @param seconds at least 1
 * @param core that wrk may use
 */
export async function runWrk(
  session: Session,
  url: string,
  load: Load,
  seconds: number,
  core: number,
): Promise<WrkReport> {
  const table = join(session.folder('wrk'), 'load.lua');
  writeFileSync(table, loadTable(load));
  const args = ['-t1', `-c${load.connections}`, `-d${seconds}s`, '--timeout', '10s', '-s', script];
  return parseWrkOutput(
    await session.run({
      name: 'wrk',
      command: 'wrk',
      args: [...args, url, '--', table],
      cores: String(core),
    }),
  );
}

/**
 * What makes a run worthless, in words; empty when nothing does.
 *
 * @param bodyBytes length of the body of each right answer
 */
export function problemsOf(report: WrkReport, bodyBytes: number): string[] {
  const { connect, read, write, timeout, status } = report.errors;
  const problems: string[] = [];
  if (report.requests === 0) problems.push('no answers at all');
  if (status > 0) problems.push(`${status} answers with an error status`);
  const socketErrors = connect + read + write + timeout;
  if (socketErrors > 0) {
    problems.push(
      `${socketErrors} socket errors (connect ${connect}, read ${read}, write ${write}, timeout ${timeout})`,
    );
  }
  // wrk does not look at 2xx and 3xx, but a redirect does not bring the body.
  if (report.requests > 0 && report.bytes < report.requests * bodyBytes) {
    problems.push('answers shorter than they should be');
  }
  return problems;
}
