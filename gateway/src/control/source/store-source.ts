import type { PluginSchemas } from '../../entities/plugin.ts';
import { OperatorError } from '../../errors.ts';
import { followable, followingSnapshot } from '../../snapshot/following.ts';
import { createSnapshot, type Snapshot } from '../../snapshot/snapshot.ts';
import type { UnrunnablePlugins } from '../../snapshot/unrunnable-plugins.ts';
import {
  StoreUnavailable,
  type Store,
  type StoredChange,
  type StoredConfiguration,
} from '../../store/contract.ts';
import type { LiveConfiguration } from '../configuration.ts';
import type { CopyMark, SnapshotFile } from '../disk/snapshot-file.ts';
import type { GatewayLog } from '../gateway-log.ts';
import type { ReloadStatus } from '../status/status-source.ts';
import type { Judgement } from '../trial/judgement.ts';
import type { CaveatWatch } from './caveat-watch.ts';
import { ChangesAhead } from './changes-ahead.ts';
import { Following } from './following.ts';
import type { ConfigurationSource, Publish, SourceStatus } from './source.ts';
import { StoreGuard } from './store-guard.ts';

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
  readonly #guard: StoreGuard;
  /** Of the store that is served; empty before anything was loaded from one. */
  #identity = '';
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
    this.#guard = new StoreGuard(howToTurn(options.copy));
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
    const { problem } = this.#guard;
    return [...(problem === null ? [] : [problem]), ...this.#options.caveats.caveats];
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
        problem: problem ?? this.#guard.problem,
        foreign: this.#guard.problem !== null,
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
    const { problem } = this.#guard;
    if (problem !== null) throw new StoreUnavailable('foreign', problem);
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

  /** From the store, or from the copy when that is away or was replaced by another. */
  async #loadFirst(): Promise<Snapshot> {
    const mark = (await this.#options.copy?.mark()) ?? null;
    if (mark?.isOurs === true) this.#guard.serves(mark);
    try {
      const loaded = await this.store.load();
      if (!this.#guard.admits(loaded.identity)) {
        return await this.#fromCopy(new StoreUnavailable('foreign', 'it is another one'));
      }
      if (mark !== null) await this.#keepCopy(mark, loaded.revision);
      return this.#snapshotOf(loaded);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      return this.#fromCopy(error);
    }
  }

  #snapshotOf({ identity, revision, tables }: StoredConfiguration): Snapshot {
    this.#lastSync = Date.now();
    this.#source = 'store';
    this.#identity = identity;
    const { unrunnable } = this.#options;
    return followable(createSnapshot(tables, revision, this.#current ?? undefined, unrunnable));
  }

  /** At the start: what is on disk and does not lead to what is served must not be lost. */
  async #keepCopy({ isOurs, revision: copied }: CopyMark, revision: number): Promise<void> {
    if (!isOurs) {
      const kept = await this.#options.copy?.setAside();
      this.#options.log.warn('the copy of the configuration on disk is of another database', {
        kept,
      });
    } else if (copied > revision) await this.#setBack(copied, revision);
  }

  /** The store was set back: what was served until now is in no backup, perhaps. */
  async #setBack(before: number, now: number): Promise<void> {
    const { copy, log } = this.#options;
    this.#ahead.clear();
    log.warn(
      `the store was set back, as by restoring a backup: it is at revision ${now}, and does not lead on from revision ${before}, which was served before`,
      { kept: (await copy?.setAside()) ?? null },
    );
  }

  async #fromCopy(away: StoreUnavailable): Promise<Snapshot> {
    const { copy, log, unrunnable } = this.#options;
    const problem =
      this.#guard.problem ?? `the store of the configuration is away (${away.message})`;
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
    if (this.#guard.problem !== null && !this.#admits(await this.store.identity())) return;
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

  /** Turns to what the store holds, whatever led there. */
  async #takeWhole(): Promise<void> {
    const loaded = await this.store.load();
    if (!this.#admits(loaded.identity)) return;
    const { revision } = this.current;
    // What follows on from a copy need not be known in steps; what is served must.
    if (this.#source === 'store' || loaded.revision < revision) {
      await this.#setBack(revision, loaded.revision);
    }
    await this.#take(this.#snapshotOf(loaded));
  }

  #admits(identity: string): boolean {
    const before = this.#guard.problem;
    const isAdmitted = this.#guard.admits(identity);
    const { problem } = this.#guard;
    if (problem !== null && before === null) this.#options.log.warn(problem);
    if (problem === null && before !== null) {
      this.#options.log.info('the database holds the store again that is served');
    }
    return isAdmitted;
  }

  /** Brings a configuration to the threads; one that they refuse is logged. */
  async #take(snapshot: Snapshot): Promise<void> {
    const { publish, caveats, copy } = this.#options;
    const isFirst = this.#current === null;
    this.#current = snapshot;
    if (this.#source === 'store') {
      this.#guard.serves({ identity: this.#identity, revision: snapshot.revision });
    }
    this.#ahead.forget(snapshot.revision);
    caveats.look(snapshot.tables);
    const published = publish(snapshot).then(
      () => {
        this.#lastSuccess = Date.now();
        this.#last = { time: this.#lastSuccess, ok: true, errors: [] };
        if (this.#source === 'store') copy?.save(snapshot, this.#identity);
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

/** What an operator does to have another store served than that which was. */
function howToTurn(copy: SnapshotFile | null): string {
  return copy === null
    ? 'to have the other one served, start the node anew'
    : `to have the other one served, move ${copy.path} away and start the node anew`;
}

function longestWait(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, LONGEST_WAIT).unref());
}
