import type { PluginSchemas } from '../../entities/plugin.ts';
import type { EntityTables } from '../../entities/tables.ts';
import { createSnapshot, type Snapshot } from '../../snapshot/snapshot.ts';
import type { UnrunnablePlugins } from '../../snapshot/unrunnable-plugins.ts';
import { differences } from '../../store/differences.ts';
import type { MemoryStore } from '../../store/memory/memory-store.ts';
import { UnservableChange, type GivenDocument, type LiveConfiguration } from '../configuration.ts';
import type { GatewayLog } from '../gateway-log.ts';
import type { ConfigurationFile } from '../load.ts';
import { RefusedError } from '../threads/publisher.ts';
import { Reloader } from '../reload.ts';
import type { Judgement } from '../trial/judgement.ts';
import type { CaveatWatch } from './caveat-watch.ts';
import type { ConfigurationSource, Publish, SourceStatus } from './source.ts';

export interface FileSourceOptions {
  readonly file: ConfigurationFile;
  /** What was read of it already, as the first revision; then it is not read again for that. */
  readonly read?: Snapshot;
  /** Mirrors what is served, for those who ask; null when nobody can. */
  readonly mirror: MemoryStore | null;
  readonly plugins: PluginSchemas;
  readonly unrunnable: UnrunnablePlugins;
  readonly judgement: Judgement;
  readonly caveats: CaveatWatch;
  readonly publish: Publish;
  readonly log: GatewayLog;
}

/** A configuration that comes from a declarative file, or was handed over as a whole in its place. */
export class FileSource implements ConfigurationSource {
  readonly #options: Omit<FileSourceOptions, 'read'>;
  #read: Snapshot | undefined;
  readonly #reloader: Reloader<Snapshot>;
  #current: Snapshot | null = null;
  #document: string | undefined;
  /** Who handed configurations over that do not come from the file. */
  readonly #origins = new WeakMap<Snapshot, Omit<GivenDocument, 'text'>>();

  constructor(options: FileSourceOptions) {
    const { read, ...rest } = options;
    this.#options = rest;
    this.#read = read;
    const { log } = options;
    this.#reloader = new Reloader<Snapshot>({
      load: (revision) => this.#load(revision),
      publish: (snapshot) => this.#take(snapshot),
      log,
    });
  }

  get status(): SourceStatus {
    const { last, lastSuccess, failures } = this.#reloader;
    return { lastReload: last, lastSuccess, failures, store: null };
  }

  get caveats(): readonly string[] {
    return this.#options.caveats.caveats;
  }

  get live(): LiveConfiguration {
    const { mirror, plugins, unrunnable, judgement, caveats } = this.#options;
    if (mirror === null) throw new Error('this node mirrors its configuration for nobody');
    const current = (): Snapshot => this.#served();
    const document = (): string | undefined => this.#document;
    return {
      mode: 'file',
      store: mirror,
      plugins,
      allowUnsupportedPlugins: unrunnable.ignored,
      get current() {
        return current();
      },
      get caveats() {
        return caveats.caveats;
      },
      get document() {
        return document();
      },
      judge: (changes) => judgement.judge(current(), changes),
      // Only `replace` changes what is mirrored.
      changed: () => undefined,
      caveatsIn: (changes) => caveats.of(changes, current().tables),
      replace: (tables, given) => this.#replace(tables, given),
    };
  }

  async first(): Promise<Snapshot> {
    const snapshot = await this.#reloader.first();
    this.#document = this.#options.file.text;
    return snapshot;
  }

  async reload(cause: string): Promise<void> {
    await this.#reloader.reload(cause);
    if (this.#reloader.last?.ok === true) this.#document = this.#options.file.text;
  }

  async close(): Promise<void> {
    this.#options.caveats.close();
    await this.#options.mirror?.close();
  }

  async #load(revision: number): Promise<Snapshot> {
    const read = this.#read;
    // Used once, and not kept for longer than it is served.
    this.#read = undefined;
    return read?.revision === revision ? read : this.#options.file.load(revision);
  }

  #served(): Snapshot {
    if (this.#current === null) throw new Error('no configuration was loaded yet');
    return this.#current;
  }

  async #take(snapshot: Snapshot): Promise<void> {
    const { publish, mirror, caveats } = this.#options;
    await publish(snapshot);
    const isFirst = this.#current === null;
    this.#current = snapshot;
    const origin = this.#origins.get(snapshot) ?? { reason: 'declarative file' };
    await mirror?.replaceAll(snapshot.tables, snapshot.revision, origin);
    caveats.look(snapshot.tables);
    if (isFirst) caveats.logNow();
  }

  async #replace(tables: EntityTables, { text, by, reason }: GivenDocument): Promise<Snapshot> {
    const { judgement, unrunnable } = this.#options;
    await judgement.judge(this.#served(), differences(this.#served().tables, tables));
    try {
      const snapshot = await this.#reloader.offer((revision) => {
        const made = createSnapshot(tables, revision, this.#served(), unrunnable);
        this.#origins.set(made, { by, reason });
        return made;
      });
      this.#document = text;
      return snapshot;
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error;
      const { message } = error;
      throw new UnservableChange([{ table: 'plugins', id: '', field: null, message }]);
    }
  }
}
