import { withEffect } from '../../config/plugin-effects.ts';
import type { Plugin } from '../../entities/plugin.ts';
import type { EntityTables } from '../../entities/tables.ts';
import { followingSnapshot } from '../../snapshot/following.ts';
import type { Snapshot } from '../../snapshot/snapshot.ts';
import type { StoredChange } from '../../store/contract.ts';
import { UnservableChange, type UnservableEntity } from '../configuration.ts';
import type { Runnable } from './runnable.ts';
import type { Trial } from './trial.ts';

export interface JudgementOptions {
  readonly trial: Trial;
  readonly runnable: Runnable;
  /** Whether plugins that cannot run are stored without effect. */
  readonly allowUnsupported: boolean;
}

/** Decides whether proxy threads could serve a change. */
export class Judgement {
  readonly #options: JudgementOptions;
  /** Enabled plugins that cannot run, looked up once for each table. */
  readonly #unsupported = new WeakMap<EntityTables['plugins'], readonly Plugin[]>();

  constructor(options: JudgementOptions) {
    this.#options = options;
  }

  /**
   * @param current a configuration that is served
   * @param changes what is to be changed
   * @param before what was changed since `current`, and is judged already
   * @throws UnservableChange
   */
  async judge(
    current: Snapshot,
    changes: readonly StoredChange[],
    before: readonly StoredChange[] = [],
  ): Promise<void> {
    const unsupported = this.#newlyUnsupported(current, [...before, ...changes]);
    const problems = [...unsupported, ...(await this.#options.trial.problemsOf(changes))];
    if (problems.length > 0) throw new UnservableChange(problems);
  }

  /** Plugins that would take effect on a route, cannot, and did not have to before. */
  #newlyUnsupported(current: Snapshot, changes: readonly StoredChange[]): UnservableEntity[] {
    const { allowUnsupported, runnable } = this.#options;
    if (allowUnsupported) return [];
    const concerned = new Map(this.#unsupportedIn(current.tables).map((one) => [one.id, one]));
    for (const { table, id, after } of changes) {
      if (table !== 'plugins') continue;
      if (after !== null && this.#cannotRun(after as Plugin)) concerned.set(id, after as Plugin);
      else concerned.delete(id);
    }
    if (concerned.size === 0) return [];
    const { tables } = followingSnapshot(current, changes, current.revision);
    const before = new Set(
      withEffect(current.tables, this.#unsupportedIn(current.tables)).map(({ id }) => id),
    );
    return withEffect(tables, concerned.values())
      .filter(({ id }) => !before.has(id))
      .map((plugin) => ({
        table: 'plugins',
        id: plugin.id,
        field: null,
        message: `${runnable.problemOf(plugin) ?? ''} (with --allow-unsupported-plugins it is stored without effect)`,
      }));
  }

  #unsupportedIn({ plugins }: EntityTables): readonly Plugin[] {
    let found = this.#unsupported.get(plugins);
    if (found === undefined) {
      found = [...plugins.values()].filter((plugin) => this.#cannotRun(plugin));
      this.#unsupported.set(plugins, found);
    }
    return found;
  }

  #cannotRun(plugin: Plugin): boolean {
    return plugin.enabled && this.#options.runnable.problemOf(plugin) !== null;
  }
}
