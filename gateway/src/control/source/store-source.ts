import type { PluginSchemas } from '../../entities/plugin.ts';
import { OperatorError } from '../../errors.ts';
import { followable, followingSnapshot } from '../../snapshot/following.ts';
import { createSnapshot, type Snapshot } from '../../snapshot/snapshot.ts';
import type { UnrunnablePlugins } from '../../snapshot/unrunnable-plugins.ts';
import { StoreUnavailable, type Store, type StoredChange } from '../../store/contract.ts';
import type { LiveConfiguration } from '../configuration.ts';
import type { SnapshotFile } from '../disk/snapshot-file.ts';
import type { GatewayLog } from '../gateway-log.ts';
import type { ReloadStatus } from '../status-source.ts';
import type { Judgement } from '../trial/judgement.ts';
import type { CaveatWatch } from './caveat-watch.ts';
import { ChangesAhead } from './changes-ahead.ts';
import { Following } from './following.ts';
import type { ConfigurationSource, Publish, SourceStatus } from './source.ts';

export interface StoreSourceOptions {
  readonly store: Store;
  readonly plugins: PluginSchemas;
  readonly unrunnable: UnrunnablePlugins;
  readonly judgement: Judgement;
  readonly caveats: CaveatWatch;
  /** The copy from which a node starts when its store is away; null for a store that is never. */
  readonly copy: SnapshotFile | null;
  readonly publish: Publish;
  readonly log: GatewayLog;
}

/** Most revisions that are fetched at once. */
const REVISIONS_AT_ONCE = 500;

/** How long the next revisions may wait for threads that are slow to take the last, ms. */
const LONGEST_WAIT = 1000;

/** A configuration that lives in a store: every revision of it is brought to the threads. */
export class StoreSource implements ConfigurationSource, LiveConfiguration {
  readonly mode = 'store';
  readonly store: Store;
  readonly plugins: PluginSchemas;
  readonly allowUnsupportedPlugins: boolean;
  readonly document = undefined;
  readonly #options: StoreSourceOptions;
  readonly #following: Following;
  #current: Snapshot | null = null;
  readonly #ahead = new ChangesAhead();
  #source: 'store' | 'snapshot' = 'store';
  #last: ReloadStatus | null = null;
  #lastSuccess: number | null = null;
  #lastSync: number | null = null;
  #failures = 0;

  constructor(options: StoreSourceOptions) {
    this.#options = options;
    this.store = options.store;
    this.plugins = options.plugins;
    this.allowUnsupportedPlugins = options.unrunnable.ignored;
    this.#following = new Following(this.store, () => this.#catchUp(), options.log);
  }

  get live(): LiveConfiguration {
    return this;
  }

  get current(): Snapshot {
    if (this.#current === null) throw new Error('no configuration was loaded yet');
    return this.#current;
  }

  get caveats(): readonly string[] {
    return this.#options.caveats.caveats;
  }

  get status(): SourceStatus {
    const { kind, health } = this.store;
    const { reachable, problem, since } = health;
    return {
      lastReload: this.#last,
      lastSuccess: this.#lastSuccess,
      failures: this.#failures,
      store: {
        kind,
        reachable,
        problem,
        since,
        revision: this.#current?.revision ?? 0,
        source: this.#source,
        lastSync: this.#lastSync,
      },
    };
  }

  async first(): Promise<Snapshot> {
    // Begins before anything is read, so that nothing is missed.
    this.#following.start();
    const first = await this.#loadFirst();
    await this.#take(first);
    this.#options.caveats.logNow();
    this.#following.release();
    return first;
  }

  async reload(cause: string): Promise<void> {
    const { revision } = this.current;
    await this.#following.now();
    const now = this.current.revision;
    const message = now === revision ? 'configuration unchanged' : 'configuration loaded';
    this.#options.log.info(message, { cause, revision: now });
  }

  changed(revision: number, changes: readonly StoredChange[]): void {
    this.#ahead.add(revision, changes);
    this.#following.wake();
  }

  async judge(changes: readonly StoredChange[]): Promise<void> {
    await this.#options.judgement.judge(this.current, changes, this.#ahead.all());
  }

  caveatsIn(changes: readonly StoredChange[]): readonly string[] {
    return this.#options.caveats.of(changes, this.current.tables);
  }

  replace(): Promise<Snapshot> {
    return Promise.reject(new Error('a configuration in a store is changed in the store'));
  }

  async close(): Promise<void> {
    this.#following.stop();
    this.#options.caveats.close();
    await this.#options.copy?.close();
    await this.store.close();
  }

  /** From the store, or from the copy when that is away. */
  async #loadFirst(): Promise<Snapshot> {
    try {
      return await this.#loadWhole();
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      return this.#fromCopy(error);
    }
  }

  async #loadWhole(): Promise<Snapshot> {
    const { revision, tables } = await this.store.load();
    this.#lastSync = Date.now();
    this.#source = 'store';
    const { unrunnable } = this.#options;
    return followable(createSnapshot(tables, revision, this.#current ?? undefined, unrunnable));
  }

  async #fromCopy(away: StoreUnavailable): Promise<Snapshot> {
    const { copy, log, unrunnable } = this.#options;
    const problem = `the store of the configuration is away (${away.message})`;
    const read = copy === null ? 'there is no copy of its configuration' : await copy.read();
    if (typeof read === 'string') {
      throw new OperatorError(`${problem}, and ${read}`, {
        help:
          away.help ??
          'Start when the database can be reached: without a configuration nothing is served.',
        cause: away,
      });
    }
    log.error(problem, away.help === undefined ? {} : { help: away.help });
    this.#source = 'snapshot';
    log.warn('serving the copy of the configuration on disk until the store is back', {
      revision: read.revision,
      saved: new Date(read.savedAt).toISOString(),
    });
    return followable(createSnapshot(read.tables, read.revision, undefined, unrunnable));
  }

  /** Takes what was committed since. */
  async #catchUp(): Promise<void> {
    // A copy may be of another history, such as before the database was restored.
    if (this.#source === 'snapshot') return this.#takeWhole();
    for (;;) {
      const before = this.current;
      const own = this.#ahead.after(before.revision);
      if (own !== null) {
        await this.#take(followingSnapshot(before, own.changes, own.revision));
        continue;
      }
      const revisions = await this.store.changesSince(before.revision, REVISIONS_AT_ONCE);
      if (revisions === undefined) return this.#takeWhole();
      this.#lastSync = Date.now();
      const newest = revisions.at(-1);
      if (newest === undefined) return;
      const changes = revisions.flatMap((each) => each.changes);
      await this.#take(followingSnapshot(before, changes, newest.revision));
    }
  }

  async #takeWhole(): Promise<void> {
    await this.#take(await this.#loadWhole());
  }

  /** Brings a configuration to the threads; one that they refuse is logged. */
  async #take(snapshot: Snapshot): Promise<void> {
    const { publish, caveats, copy } = this.#options;
    const isFirst = this.#current === null;
    this.#current = snapshot;
    this.#ahead.forget(snapshot.revision);
    caveats.look(snapshot.tables);
    const published = publish(snapshot).then(
      () => {
        this.#lastSuccess = Date.now();
        this.#last = { time: this.#lastSuccess, ok: true, errors: [] };
        if (this.#source === 'store') copy?.save(snapshot);
      },
      (error: unknown) => this.#refused(snapshot, error as Error, isFirst),
    );
    if (isFirst) await published;
    else await Promise.race([published, longestWait()]);
  }

  #refused({ revision }: Snapshot, error: Error, isFirst: boolean): void {
    this.#failures += 1;
    this.#last = { time: Date.now(), ok: false, errors: [error.message] };
    if (isFirst) throw error;
    this.#options.log.error(error.message);
    this.#options.log.error('configuration refused; the old one goes on serving', { revision });
  }
}

function longestWait(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, LONGEST_WAIT).unref());
}
