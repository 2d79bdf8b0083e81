import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import { BenchError } from './bench-error.ts';

/** Most that is kept of what a process says, characters. */
const OUTPUT_LIMIT = 1_000_000;

/** How long a process may take to end after SIGTERM, ms. */
const STOP_PATIENCE = 10_000;

/** A running process of a bench. */
export class Child {
  readonly name: string;
  /** Everything it wrote, stdout and stderr. */
  output = '';
  stdout = '';
  /** Its exit status or the signal that ended it, once it has ended. */
  readonly ended: Promise<number | string>;
  #running = true;
  readonly #listeners = new Set<(text: string) => void>();
  readonly #process: ChildProcessByStdio<null, Readable, Readable>;

  constructor(name: string, process: ChildProcessByStdio<null, Readable, Readable>) {
    this.name = name;
    this.#process = process;
    process.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.stdout = (this.stdout + text).slice(-OUTPUT_LIMIT);
      this.#note(text);
    });
    process.stderr.setEncoding('utf8').on('data', (text: string) => this.#note(text));
    this.ended = new Promise((resolve) => {
      process.on('error', (error) => {
        this.#running = false;
        this.#note(`${error.message}\n`);
        resolve(error.message);
      });
      process.on('close', (code, signal) => {
        this.#running = false;
        resolve(code ?? signal ?? 'ended');
      });
    });
  }

  /**
   * Waits until it has written something that it had not when this was called.
   *
   * @param timeout ms
   * @returns the text that was written meanwhile, up to a line that matches at least
   * @throws BenchError when it ends, or when the time runs out
   */
  async says(pattern: RegExp, timeout: number): Promise<string> {
    const heard = Promise.withResolvers<string>();
    let text = '';
    const listen = (more: string): void => {
      text += more;
      if (pattern.test(text)) heard.resolve(text);
    };
    const timer = setTimeout(() => {
      heard.reject(new BenchError(`${this.name} has not said ${pattern} for ${timeout / 1000} s`));
    }, timeout);
    this.#listeners.add(listen);
    void this.ended.then(() => {
      heard.reject(new BenchError(`${this.name} has ended:\n${this.output}`));
    });
    try {
      return await heard.promise;
    } finally {
      clearTimeout(timer);
      this.#listeners.delete(listen);
    }
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** @throws BenchError with what it said when it has ended */
  assertRunning(): void {
    if (!this.#running) throw new BenchError(`${this.name} has ended:\n${this.output}`);
  }

  signal(name: NodeJS.Signals): void {
    if (this.#running) this.#process.kill(name);
  }

  /** SIGTERM, and SIGKILL for one that does not heed it. */
  async stop(): Promise<void> {
    this.signal('SIGTERM');
    const timer = setTimeout(() => this.signal('SIGKILL'), STOP_PATIENCE);
    await this.ended;
    clearTimeout(timer);
  }

  #note(text: string): void {
    this.output = (this.output + text).slice(-OUTPUT_LIMIT);
    for (const listen of this.#listeners) listen(text);
  }
}
