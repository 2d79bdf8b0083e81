import { labelsOf } from '../../config/entity-labels.ts';
import { ServedRoutes } from '../../config/plugin-effects.ts';
import type { Plugin } from '../../entities/plugin.ts';
import type { Entity, EntityTables } from '../../entities/tables.ts';
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
    const unsupported = this.#newlyUnsupported(current, changes, before);
    const problems = [...unsupported, ...(await this.#options.trial.problemsOf(changes))];
    if (problems.length > 0) throw new UnservableChange(problems);
  }

  /** Plugins that would take effect on a route, cannot, and did not have to there before. */
  #newlyUnsupported(
    current: Snapshot,
    changes: readonly StoredChange[],
    before: readonly StoredChange[],
  ): UnservableEntity[] {
    if (this.#options.allowUnsupported || !changes.some(mayGiveEffect)) return [];
    const all = [...before, ...changes];
    const concerned = this.#unsupportedAfter(current, all);
    if (concerned.size === 0) return [];
    const known = this.#unsupportedAfter(current, before);
    const then = new ServedRoutes(followingSnapshot(current, before, current.revision).tables);
    const { tables } = followingSnapshot(current, all, current.revision);
    const now = new ServedRoutes(tables);
    return [...concerned.values()].flatMap((plugin) => {
      const old = known.get(plugin.id);
      const ranOn = new Set(old === undefined ? [] : then.under(old).map(({ id }) => id));
      const routes = now.under(plugin).filter(({ id }) => !ranOn.has(id));
      return routes.length === 0 ? [] : [this.#refusalOf(plugin, routes, tables)];
    });
  }

  #refusalOf(
    plugin: Plugin,
    routes: readonly Entity<'routes'>[],
    tables: EntityTables,
  ): UnservableEntity {
    const problem = this.#options.runnable.problemOf(plugin) ?? '';
    const message =
      `${problem}, and it would have to run on ${labelsOf('routes', routes)}${reason(plugin, tables)} ` +
      '(with --allow-unsupported-plugins it is stored without effect)';
    return { table: 'plugins', id: plugin.id, field: null, message };
  }

  /** Enabled plugins that cannot run, by id, as they are after some changes. */
  #unsupportedAfter(current: Snapshot, changes: readonly StoredChange[]): Map<string, Plugin> {
    const found = new Map(this.#unsupportedIn(current.tables).map((one) => [one.id, one]));
    for (const { table, id, after } of changes) {
      if (table !== 'plugins') continue;
      if (after !== null && this.#cannotRun(after as Plugin)) found.set(id, after as Plugin);
      else found.delete(id);
    }
    return found;
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

/** Whether a plugin may have to run after a change that did not have to before. */
function mayGiveEffect({ table, after }: StoredChange): boolean {
  return after !== null && ['plugins', 'routes', 'services'].includes(table);
}

/** Why a plugin would run on a route that it is not bound to itself. */
function reason({ id, route, service }: Plugin, { services }: EntityTables): string {
  if (route !== null) return '';
  const owner = service === null ? undefined : services.get(service.id);
  if (owner === undefined) return `, since plugin '${id}' is bound to no service or route`;
  return `, since ${labelsOf('services', [owner])} has it`;
}
