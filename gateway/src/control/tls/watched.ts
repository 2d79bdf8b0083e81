import type { GatewayLog } from '../gateway-log.ts';
import { watchFile, type FileWatch } from '../watch.ts';
import { FileProblem } from './key-pairs.ts';

/** How long a file may be missing while it is replaced, ms. */
const LONGEST_REPLACEMENT = 1000;

/** What is followed. */
export interface Followed {
  readonly paths: readonly string[];
  /** The setting that names them, for messages. */
  readonly option: string;
}

/**
 * Something that is read from files, and read again whenever one of them changes. What is no good is
 * logged and refused, and so is a file that has gone: what was read before stays.
 */
export class Watched<T> {
  #value: T;
  #problem: string | null = null;
  readonly #followed: Followed;
  readonly #read: () => T;
  readonly #onChange: (value: T) => void;
  readonly #log: GatewayLog;
  readonly #watches: readonly FileWatch[];

  /**
   * @param read called at once, and after each change
   * @throws FileProblem of the first reading
   */
  constructor(followed: Followed, read: () => T, onChange: (value: T) => void, log: GatewayLog) {
    this.#followed = followed;
    this.#read = read;
    this.#onChange = onChange;
    this.#log = log;
    // Before they are read, so that no change is missed.
    this.#watches = followed.paths.map((path) =>
      watchFile(path, () => this.#look(), { absence: LONGEST_REPLACEMENT }),
    );
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
      const problem = `${error.message} (${this.#followed.option})`;
      if (problem === this.#problem) return;
      this.#problem = problem;
      this.#log.warn(`changed files are not used, the old ones stay: ${problem}`);
      return;
    }
    this.#problem = null;
    this.#log.info('changed files were taken up', { files: this.#followed.paths });
    this.#onChange(this.#value);
  }
}
