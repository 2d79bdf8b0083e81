import type { LeveledLog } from '../gateway-log.ts';

/** A log that keeps what it is told. */
export class Notes implements LeveledLog {
  level: LeveledLog['level'] = 'debug';
  readonly lines: string[] = [];
  readonly #waiting: (() => void)[] = [];

  debug = (message: string): void => this.#note(message);
  info = (message: string): void => this.#note(message);
  warn = (message: string): void => this.#note(message);
  error = (message: string): void => this.#note(message);

  /** Resolves as soon as a line matches. */
  async have(pattern: RegExp): Promise<void> {
    while (!this.lines.some((line) => pattern.test(line))) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #note(message: string): void {
    this.lines.push(message);
    for (const heard of this.#waiting.splice(0)) heard();
  }
}
