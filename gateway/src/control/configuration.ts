import type { PluginSchemas } from '../entities/plugin.ts';
import type { EntityTables } from '../entities/tables.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { Store, StoredChange } from '../store/contract.ts';

/** The configuration of a node as the Admin API deals with it. */
export interface LiveConfiguration {
  /** Whether single entities can be changed, or only the whole by a declarative document. */
  readonly mode: 'store' | 'file';
  /** Where entities are read from and written to. In file mode it mirrors what is served. */
  readonly store: Store;
  /** What was handed to the proxy threads last. */
  readonly current: Snapshot;
  /** Every plugin that can be configured: bundled ones and those of Kong known by their schema. */
  readonly plugins: PluginSchemas;
  /** Whether plugins that Sluice cannot run are stored without effect instead of being refused. */
  readonly allowUnsupportedPlugins: boolean;
  /** What of the configuration has less effect than its author may expect. */
  readonly caveats: readonly string[];

  /** What of a change has less effect than its author may expect. */
  caveatsIn(changes: readonly StoredChange[]): readonly string[];

  /**
   * Compiles what would change, to find out whether threads could serve it. Meant as `judge` of a
   * transaction.
   *
   * @throws UnservableChange naming each entity that cannot be served, and why
   */
  judge(changes: readonly StoredChange[]): Promise<void>;

  /**
   * Tells the node that its store has a new revision; it is served soon after.
   *
   * @param changes what it changed
   */
  changed(revision: number, changes: readonly StoredChange[]): void;

  /**
   * File mode: serves these entities in place of all others, until the next start or reload.
   *
   * @param document where they come from
   * @returns when every thread serves them
   * @throws UnservableChange
   */
  replace(tables: EntityTables, document: GivenDocument): Promise<Snapshot>;

  /** File mode: the document as it was given, to tell whether it is given again; or undefined when there was none. */
  readonly document: string | undefined;
}

/** A declarative document that somebody handed over. */
export interface GivenDocument {
  readonly text: string;
  /** Who handed it over and how, for the history. */
  readonly by: string;
  readonly reason: string;
}

/** Entities that are valid, but cannot be served. */
export class UnservableChange extends Error {
  override readonly name = 'UnservableChange';
  readonly problems: readonly UnservableEntity[];

  constructor(problems: readonly UnservableEntity[]) {
    super(problems.map(({ message }) => message).join('\n'));
    this.problems = problems;
  }
}

export interface UnservableEntity {
  readonly table: string;
  readonly id: string;
  /** Dotted path of the field at fault, or null. */
  readonly field: string | null;
  readonly message: string;
}
