import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { BenchError } from './bench-error.ts';
import { Child } from './child.ts';

export interface Command {
  /** What to call it when something is wrong. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Cores that it may use; absent for all. */
  readonly cores?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Processes and files of one run; all of them are gone when it ends, however it ends. */
export class Session {
  /** For files that nobody needs afterwards. */
  readonly directory = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  readonly #children = new Set<Child>();
  readonly #closers: (() => Promise<void>)[] = [];
  #folders = 0;
  #closed = false;

  /** Whether it has ended, or an interruption is ending it. */
  get closed(): boolean {
    return this.#closed;
  }

  /** A new folder below `directory`. */
  folder(name: string): string {
    return mkdtempSync(join(this.directory, `${name}-${this.#folders++}-`));
  }

  /** Starts a process that runs until it is stopped. */
  start({ name, command, args, cores, env }: Command): Child {
    // Whatever still runs after an interruption must not start anything.
    if (this.#closed) throw new BenchError('interrupted');
    const [file, ...rest] =
      cores === undefined ? [command, ...args] : ['taskset', '-c', cores, command, ...args];
    const child = new Child(
      name,
      spawn(file ?? command, rest, {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, ...env },
      }),
    );
    this.#children.add(child);
    void child.ended.then(() => this.#children.delete(child));
    return child;
  }

  /**
   * Runs a command to its end.
   *
   * @returns what it wrote to stdout
   * @throws BenchError with what it said when it fails
   */
  async run(command: Command): Promise<string> {
    const child = this.start(command);
    const status = await child.ended;
    if (status !== 0) {
      throw new BenchError(`${command.name} failed (${status}):\n${child.output}`);
    }
    return child.stdout;
  }

  /** Sees to it that nothing outlives this process, should it be interrupted or fail. */
  closeWithProcess(): void {
    process.on('exit', () => this.#closeNow());
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        void this.close().finally(() => process.exit(128 + constants.signals[signal]));
      });
    }
  }

  /** Has something in this process ended with the session. */
  onClose(close: () => Promise<void>): void {
    this.#closers.push(close);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#children].map((child) => child.stop()));
    await Promise.all(this.#closers.splice(0).map((close) => close()));
    this.#closeNow();
  }

  /** Closes without waiting, for the last moment of this process. */
  #closeNow(): void {
    for (const child of this.#children) child.signal('SIGTERM');
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Shows why a bench cannot go on; the process ends with 1. */
export function failBench(error: unknown): void {
  process.exitCode = 1;
  console.error(error instanceof BenchError ? `bench: ${error.message}` : error);
}

/** Output of a short command, or undefined when there is no such command or it fails. */
export function tryRun(command: string, args: readonly string[]): string | undefined {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch (error) {
    // `wrk -v` and others say their version and fail.
    const { stdout } = error as { stdout?: string };
    return stdout === undefined || stdout === '' ? undefined : stdout;
  }
}
