import { caveatsOf } from '../../config/caveats.ts';
import { ServedRoutes } from '../../config/plugin-effects.ts';
import { storedCaveats } from '../../config/stored-caveats.ts';
import type { Caveat } from '../../config/caveat.ts';
import type { Plugin } from '../../entities/plugin.ts';
import { tableNames, type EntityTables } from '../../entities/tables.ts';
import type { AnyPlugin } from '../../plugin/plugin.ts';
import type { StoredChange } from '../../store/contract.ts';
import { changedTables } from './changed-tables.ts';

export interface CaveatRules {
  /** Whether nodes answer 503 where a plugin would run, unless they leave it out. */
  readonly blocks: (plugin: Plugin) => boolean;
  /** Whether this node leaves such plugins out. */
  readonly ignored: boolean;
  /** Plugins that threads run. */
  readonly running: ReadonlyMap<string, AnyPlugin>;
}

/**
 * Finds what of a configuration has less effect than its author may expect. A table that was looked
 * through before is not looked through again.
 */
export class ConfigurationCaveats {
  readonly #rules: CaveatRules;
  readonly #byTable = new WeakMap<object, readonly Caveat[]>();
  readonly #blocking = new WeakMap<object, readonly Plugin[]>();

  constructor(rules: CaveatRules) {
    this.#rules = rules;
  }

  /** Those of a whole configuration. */
  in(tables: EntityTables): string[] {
    const blocking = countsByName(this.#blockingPlugins(tables.plugins));
    const others = this.#ofTables(tables).filter(
      // What this node does without is still to be told.
      ({ subject }) =>
        this.#rules.ignored || !blocking.has(/^plugin ([^:]+)/.exec(subject)?.[1] ?? ''),
    );
    return [
      ...[...caveatsOf(tables), ...others].map(({ message }) => message),
      ...[...blocking].map(
        ([name, count]) =>
          `plugin '${name}'${count > 1 ? ` (${count} times)` : ''} cannot run as it is configured: ` +
          'routes on which it would run answer 503 on every node that is not started with --allow-unsupported-plugins',
      ),
    ];
  }

  /** Those of what changes, among what is served: of a route also those of what would run on it. */
  of(changes: readonly StoredChange[], current: EntityTables): string[] {
    const changed = changedTables(changes, current);
    if (changed.routes.size === 0) return this.in(changed);
    const routes = new ServedRoutes(changed);
    const gone = new Set(changes.filter(({ table }) => table === 'plugins').map(({ id }) => id));
    const concerned = this.#blockingPlugins(current.plugins).filter(
      (plugin) => !gone.has(plugin.id) && routes.some(plugin),
    );
    const all = new Map([...changed.plugins, ...concerned.map((one) => [one.id, one] as const)]);
    return this.in({ ...changed, plugins: all });
  }

  #ofTables(tables: EntityTables): readonly Caveat[] {
    return tableNames.flatMap((name) => {
      const table = tables[name];
      if (table.size === 0) return [];
      let found = this.#byTable.get(table);
      if (found === undefined) {
        found = storedCaveats({ ...NO_ENTITIES, [name]: table }, this.#rules.running);
        this.#byTable.set(table, found);
      }
      return found;
    });
  }

  #blockingPlugins(plugins: EntityTables['plugins']): readonly Plugin[] {
    let found = this.#blocking.get(plugins);
    if (found === undefined) {
      const { blocks } = this.#rules;
      found = [...plugins.values()].filter((plugin) => plugin.enabled && blocks(plugin));
      this.#blocking.set(plugins, found);
    }
    return found;
  }
}

function countsByName(plugins: readonly Plugin[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { name } of plugins) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

const NO_ENTITIES = Object.fromEntries(
  tableNames.map((name) => [name, new Map()]),
) as unknown as EntityTables;
