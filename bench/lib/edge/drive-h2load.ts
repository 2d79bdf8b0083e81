import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BenchError } from '../bench-error.ts';
import type { Driven } from '../rounds.ts';
import type { Session } from '../session.ts';

export interface H2Load {
  /** `http` is HTTP/2 by prior knowledge. */
  readonly scheme: 'http' | 'https';
  readonly path: string;
  readonly connections: number;
  /** Requests under way on each of them. */
  readonly streams: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Body of each request; absent for a GET without one. */
  readonly body?: Uint8Array;
}

/**
 * Reads what h2load says at its end.
 *
 * @param underWay how many requests may have been cut off by it
 * @throws BenchError when it says nothing
 */
export function parseH2load(text: string, seconds: number, underWay: number): Driven {
  const failed = /^requests: .* (\d+) failed/m.exec(text)?.[1];
  const statuses = /^status codes: (\d+) 2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx/m.exec(text);
  if (failed === undefined || statuses === null) throw new BenchError(`h2load gave none:\n${text}`);
  const [right = 0, ...wrong] = statuses.slice(1).map(Number);
  const refused = wrong.reduce((sum, value) => sum + value, 0);
  const problems: string[] = [];
  if (right === 0) problems.push('no answers at all');
  if (refused > 0) problems.push(`${refused} answers with an error status`);
  if (Number(failed) > refused + underWay) problems.push(`${failed} requests failed`);
  return { requests: right, seconds, p50: 0, p99: 0, problems };
}

/** Loads a server by HTTP/2 for a while. */
export async function driveH2load(
  session: Session,
  port: number,
  load: H2Load,
  seconds: number,
  core: number,
): Promise<Driven> {
  const headers = Object.entries(load.headers ?? {}).map(([name, value]) => `-H${name}: ${value}`);
  const args = ['-t1', `-c${load.connections}`, `-m${load.streams}`, `-D${seconds}`, ...headers];
  if (load.body !== undefined) {
    const file = join(session.folder('h2load'), 'body');
    writeFileSync(file, load.body);
    args.push('-d', file);
  }
  const output = await session.run({
    name: 'h2load',
    command: 'h2load',
    args: [...args, `${load.scheme}://127.0.0.1:${port}${load.path}`],
    cores: String(core),
  });
  return parseH2load(output, seconds, load.connections * load.streams);
}
