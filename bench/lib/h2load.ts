import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Child } from './child.ts';
import { firstHeaders, type Load, fill } from './load.ts';
import type { Session } from './session.ts';

/** One request as h2load's log tells it. */
export interface LoggedRequest {
  /** µs since 1970. */
  readonly start: number;
  /** -1 when there was no answer. */
  readonly status: number;
  /** µs. */
  readonly duration: number;
}

/** Reads a log of `h2load --log-file`; a last line that is cut short is left out. */
export function parseH2loadLog(text: string): LoggedRequest[] {
  const requests: LoggedRequest[] = [];
  for (const line of text.slice(0, text.lastIndexOf('\n') + 1).split('\n')) {
    const [start, status, duration] = line.split('\t');
    if (duration === undefined) continue;
    requests.push({ start: Number(start), status: Number(status), duration: Number(duration) });
  }
  return requests;
}

/** Clients that send at a fixed rate, however long the answers take. */
export class PacedLoad {
  readonly #child: Child;
  readonly #log: string;

  /**
   * @param rate requests a second of all connections together
   * @param seconds after which it ends by itself
   * @param core that h2load may use; absent for all
   */
  constructor(
    session: Session,
    url: string,
    load: Load,
    rate: number,
    seconds: number,
    core?: number,
  ) {
    this.#log = join(session.folder('h2load'), 'log');
    const headers = Object.entries(firstHeaders(load)).map(
      ([name, value]) => `-H${name}: ${value}`,
    );
    this.#child = session.start({
      name: 'h2load',
      command: 'h2load',
      args: [
        ...['--h1', '-t1', `-c${load.connections}`, `-D${seconds}`],
        ...[`--rps=${(rate / load.connections).toFixed(3)}`, `--log-file=${this.#log}`],
        ...[...headers, url + fill(load.path, 0)],
      ],
      ...(core === undefined ? {} : { cores: String(core) }),
    });
  }

  assertRunning(): void {
    this.#child.assertRunning();
  }

  /** Waits for its end and returns what it saw. */
  async finish(): Promise<LoggedRequest[]> {
    await this.#child.ended;
    return parseH2loadLog(readFileSync(this.#log, 'utf8'));
  }

  /** Ends it now; requests under way are not in the result. */
  stop(): Promise<LoggedRequest[]> {
    this.#child.signal('SIGTERM');
    return this.finish();
  }
}

/** Requests that did not get an answer with a status of 2xx. */
export function countFailures(requests: readonly LoggedRequest[]): number {
  let failures = 0;
  for (const { status } of requests) if (status < 200 || status > 299) failures++;
  return failures;
}
