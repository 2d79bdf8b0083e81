import { misreadPasswords } from '../config/caveats/password-caveats.ts';
import { formatProblem } from '../config/problem.ts';
import { readTextFile, UnreadableFile } from '../config/text/read-file.ts';
import { DeclarativeReader } from '../config/reader.ts';
import { withHashedPasswords } from '../entities/hashed-passwords.ts';
import { knownPlugins } from '../plugins/known.ts';
import { createSnapshot, type Snapshot } from '../snapshot/snapshot.ts';
import { ALL_RUN, type UnrunnablePlugins } from '../snapshot/unrunnable-plugins.ts';
import type { GatewayLog } from './gateway-log.ts';
import { lackOfRoom } from './threads/heap-room.ts';

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
  readonly #unrunnable: UnrunnablePlugins;
  readonly #log: Pick<GatewayLog, 'warn'> | undefined;
  #last: Snapshot | undefined;
  #text: string | undefined;

  /**
   * @param unrunnable plugins that threads cannot run
   * @param log told when there is hardly enough memory, and of passwords that nobody can have
   */
  constructor(
    path: string,
    unrunnable: UnrunnablePlugins = ALL_RUN,
    log?: Pick<GatewayLog, 'warn'>,
  ) {
    this.#log = log;
    this.#path = path;
    this.#unrunnable = unrunnable;
    this.#reader = new DeclarativeReader(path, {
      plugins: knownPlugins,
      allowUnsupportedPlugins: unrunnable.ignored,
    });
  }

  /**
   * Reads and validates the file.
   *
   * @param revision for what is read
   * @throws ConfigurationError when it cannot be read, or naming all that is wrong with it
   */
  async load(revision: number): Promise<Snapshot> {
    const text = await this.#read();
    const lack = lackOfRoom(text.length);
    if (lack !== undefined) this.#log?.warn(lack);
    const result = this.#reader.read(text);
    if (!result.ok) throw new ConfigurationError(result.problems.map(formatProblem));
    this.#text = text;
    const { entities, transform } = result;
    // Later nobody can tell: what is served are hashes of what stands here.
    for (const { message } of misreadPasswords(entities, transform)) this.#log?.warn(message);
    const tables = transform ? withHashedPasswords(entities) : entities;
    return (this.#last = createSnapshot(tables, revision, this.#last, this.#unrunnable));
  }

  /** The last good file as it was read. */
  get text(): string | undefined {
    return this.#text;
  }

  async #read(): Promise<string> {
    try {
      return await readTextFile(this.#path);
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error;
      throw new ConfigurationError([`${this.#path}: ${error.message}`]);
    }
  }
}
