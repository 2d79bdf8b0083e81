import { caveatsOf } from '../config/caveats.ts';
import { formatProblem } from '../config/problem.ts';
import { readTextFile, UnreadableFile } from '../config/read-file.ts';
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
  #caveats: readonly string[] = [];

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
    this.#caveats = caveatsOf(result.entities).map(({ message }) => message);
    return (this.#last = createSnapshot(result.entities, revision, this.#last));
  }

  /** What of the last good file has less effect than its author may expect. */
  get caveats(): readonly string[] {
    return this.#caveats;
  }

  async #text(): Promise<string> {
    try {
      return await readTextFile(this.#path);
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error;
      throw new ConfigurationError([`${this.#path}: ${error.message}`]);
    }
  }
}
