import type { GatewayLog } from '../gateway-log.ts';
import { watchFile, type FileWatch } from '../watch.ts';
import { FileProblem } from './key-pairs.ts';

/**
 * Something that is read from files, and read again whenever one of them changes. What is no good is
 * logged and refused: what was read before stays.
 */
export class Watched<T> {
  #value: T;
  #problem: string | null = null;
  readonly #paths: readonly string[];
  readonly #read: () => T;
  readonly #onChange: (value: T) => void;
  readonly #log: GatewayLog;
  readonly #watches: readonly FileWatch[];

  /**
   * @param read called at once, and after each change
   * @throws FileProblem of the first reading
   */
  constructor(
    paths: readonly string[],
    read: () => T,
    onChange: (value: T) => void,
    log: GatewayLog,
  ) {
    this.#paths = paths;
    this.#read = read;
    this.#onChange = onChange;
    this.#log = log;
    // Before they are read, so that no change is missed.
    this.#watches = paths.map((path) => watchFile(path, () => this.#look()));
    try {
      this.#value = read();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  get value(): T {
    return this.#value;
  }

  /** What is wrong with the files as they are now; null when they are what is in use. */
  get problem(): string | null {
    return this.#problem;
  }

  close(): void {
    for (const watch of this.#watches) watch.close();
  }

  #look(): void {
    try {
      this.#value = this.#read();
    } catch (error) {
      if (!(error instanceof FileProblem)) throw error;
      // A certificate and its key are seldom replaced in the same instant; the second change mends it.
      this.#problem = error.message;
      this.#log.warn(`changed files are not used, the old ones stay: ${error.message}`);
      return;
    }
    this.#problem = null;
    this.#log.info('changed files were taken up', { files: this.#paths });
    this.#onChange(this.#value);
  }
}
