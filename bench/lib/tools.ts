import { cpus, release, totalmem } from 'node:os';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BenchError } from './bench-error.ts';
import { tryRun } from './session.ts';

export const workspace = fileURLToPath(new URL('../../', import.meta.url)).replace(/\/$/, '');

const tools = {
  nginx: { args: ['-V'], package: 'nginx-light' },
  wrk: { args: ['-v'], package: 'wrk' },
  h2load: { args: ['--version'], package: 'nghttp2-client' },
  openssl: { args: ['version'], package: 'openssl' },
  taskset: { args: ['--version'], package: 'util-linux' },
};

export type Tool = keyof typeof tools;

/**
 * Checks that this machine can run a suite at all.
 *
 * @param needed programs that the suite starts
 * @throws BenchError saying what is missing and how to get it
 */
export function checkMachine(needed: readonly Tool[], cores: readonly number[]): void {
  if (process.platform !== 'linux') {
    throw new BenchError('what a process uses is read from /proc, which only Linux has');
  }
  const missing = needed.filter((tool) => tryRun('sh', ['-c', `command -v ${tool}`]) === undefined);
  if (missing.length > 0) {
    const packages = missing.map((tool) => tools[tool].package);
    throw new BenchError(
      `needs ${missing.join(', ')}, not found on this machine; on Debian and Ubuntu:\n` +
        `  apt-get install ${packages.join(' ')}`,
    );
  }
  for (const core of cores) {
    if (tryRun('taskset', ['-c', String(core), 'echo', 'ok']) === undefined) {
      throw new BenchError(
        `core ${core} may not be used here: two are needed, see --cores (there are ${cpus().length})`,
      );
    }
  }
}

/** What the numbers were measured on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly kernel: string;
  readonly system: string;
}

export function describeMachine(): Machine {
  const system = /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'));
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    system: system?.[1] ?? 'unknown',
  };
}

/** Versions of everything that takes part, by name. */
export function describeVersions(): Record<string, string> {
  const manifest = readFileSync(`${workspace}/gateway/package.json`, 'utf8');
  const versions: Record<string, string> = {
    Sluice: (JSON.parse(manifest) as { version: string }).version,
    Node: process.versions.node,
  };
  const nginx = tryRun('sh', ['-c', 'nginx -v 2>&1']);
  const wrk = tryRun('sh', ['-c', 'wrk -v 2>&1']);
  const h2load = tryRun('h2load', ['--version']);
  const haproxy = tryRun('haproxy', ['-v']);
  const postgres = tryRun('sh', ['-c', 'ls -d /usr/lib/postgresql/*/bin']);
  note(versions, 'PostgreSQL', /postgresql\/(\d+)/.exec(postgres ?? ''));
  note(versions, 'nginx', /nginx\/(\S+)/.exec(nginx ?? ''));
  note(versions, 'wrk', /wrk \D*(\d\S*)/.exec(wrk ?? ''));
  note(versions, 'h2load', /nghttp2\/(\S+)/.exec(h2load ?? ''));
  note(versions, 'HAProxy', /version (\S+)/.exec(haproxy ?? ''));
  return versions;
}

function note(versions: Record<string, string>, name: string, match: RegExpExecArray | null): void {
  if (match?.[1] !== undefined) versions[name] = match[1];
}

/** The commit that is measured, with a `+` when its source has been changed since; or `unknown`. */
export function describeCommit(): string {
  const commit = tryRun('git', ['-C', workspace, 'rev-parse', '--short', 'HEAD'])?.trim();
  if (commit === undefined) return 'unknown';
  const changes = tryRun('git', ['-C', workspace, 'status', '--porcelain', 'gateway/src']);
  return changes === undefined || changes === '' ? commit : `${commit}+`;
}
