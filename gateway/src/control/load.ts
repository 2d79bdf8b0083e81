import { readFile } from 'node:fs/promises';
import { formatProblem } from '../config/problem.ts';
import { DeclarativeReader } from '../config/reader.ts';
import { bundledPlugins } from '../plugins/bundled.ts';
import { createSnapshot, type Snapshot } from '../snapshot/snapshot.ts';

/** A configuration that cannot be served, with each thing that is wrong with it. */
export class ConfigurationError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigurationError';
    this.problems = problems;
  }
}

/** A declarative file that is loaded again and again; what did not change in it costs little. */
export class ConfigurationFile {
  readonly #path: string;
  readonly #reader: DeclarativeReader;
  #last: Snapshot | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#reader = new DeclarativeReader(path, { plugins: bundledPlugins });
  }

  /**
   * Reads and validates the file.
   *
   * @param revision for what is read
   * @throws ConfigurationError when it cannot be read, or naming all that is wrong with it
   */
  async load(revision: number): Promise<Snapshot> {
    const result = this.#reader.read(await this.#text());
    if (!result.ok) throw new ConfigurationError(result.problems.map(formatProblem));
    return (this.#last = createSnapshot(result.entities, revision, this.#last));
  }

  async #text(): Promise<string> {
    try {
      return await readFile(this.#path, 'utf8');
    } catch (error) {
      const reason = whyUnreadable(error as NodeJS.ErrnoException);
      throw new ConfigurationError([`${this.#path}: ${reason}`]);
    }
  }
}

function whyUnreadable({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EISDIR':
      return 'this is a directory, not a file';
    case 'EACCES':
      return 'the user that runs the gateway may not read it';
    default:
      return `cannot be read: ${message}`;
  }
}
