import { caveatsOf, EVERY_DOOR, type Doors } from '../../config/caveats/caveats.ts';
import { missingAuthorities } from '../../config/caveats/certificate-caveats.ts';
import { bodiesBeyond } from '../../config/caveats/held-body-caveats.ts';
import { storedCaveats } from '../../config/caveats/stored-caveats.ts';
import type { Caveat } from '../../config/caveats/caveat.ts';
import { tableNames, type EntityTables } from '../../entities/tables.ts';
import type { AnyPlugin } from '../../plugin/plugin.ts';
import type { UnrunnablePlugins } from '../../snapshot/unrunnable-plugins.ts';

/**
 * Finds what of a configuration has less effect than its author may expect. A table that was looked
 * through before is not looked through again.
 */
export class ConfigurationCaveats {
  readonly #unrunnable: UnrunnablePlugins;
  readonly #running: ReadonlyMap<string, AnyPlugin>;
  readonly #doors: Doors;
  readonly #heldBodies: number;
  readonly #byTable = new WeakMap<object, readonly Caveat[]>();
  readonly #blocking = new WeakMap<object, ReadonlyMap<string, number>>();

  /**
   * @param running plugins that threads run
   * @param doors by which clients can come; all of them where nobody knows
   * @param heldBodies how much a thread holds of bodies, bytes; any amount where nobody knows
   */
  constructor(
    unrunnable: UnrunnablePlugins,
    running: ReadonlyMap<string, AnyPlugin>,
    doors: Doors = EVERY_DOOR,
    heldBodies = Infinity,
  ) {
    this.#unrunnable = unrunnable;
    this.#running = running;
    this.#doors = doors;
    this.#heldBodies = heldBodies;
  }

  in(tables: EntityTables): string[] {
    const blocking = this.#blockingPlugins(tables.plugins);
    const others = this.#ofTables(tables).filter(
      ({ subject }) => !blocking.has(/^plugin ([^:]+)/.exec(subject)?.[1] ?? ''),
    );
    const bodies = bodiesBeyond(this.#heldBodies, tables);
    return [
      ...[
        ...caveatsOf(tables, this.#doors),
        ...missingAuthorities(tables),
        ...(bodies === undefined ? [] : [bodies]),
        ...others,
      ].map(({ message }) => message),
      ...[...blocking].map(
        ([name, count]) =>
          `plugin '${name}'${count > 1 ? ` (${count} times)` : ''} cannot run as it is configured: ` +
          'routes on which it would run answer 503 on every node that is not started with --allow-unsupported-plugins',
      ),
    ];
  }

  #ofTables(tables: EntityTables): readonly Caveat[] {
    return tableNames.flatMap((name) => {
      const table = tables[name];
      if (table.size === 0) return [];
      let found = this.#byTable.get(table);
      if (found === undefined) {
        found = storedCaveats({ ...NO_ENTITIES, [name]: table }, this.#running);
        this.#byTable.set(table, found);
      }
      return found;
    });
  }

  /** Names of plugins that cannot run and are not left out, and how often they are configured. */
  #blockingPlugins(plugins: EntityTables['plugins']): ReadonlyMap<string, number> {
    let found = this.#blocking.get(plugins);
    if (found === undefined) {
      found = this.#countBlocking(plugins);
      this.#blocking.set(plugins, found);
    }
    return found;
  }

  #countBlocking(plugins: EntityTables['plugins']): ReadonlyMap<string, number> {
    const { includes, ignored } = this.#unrunnable;
    const found = new Map<string, number>();
    if (ignored) return found;
    for (const plugin of plugins.values()) {
      if (!plugin.enabled || !includes(plugin)) continue;
      found.set(plugin.name, (found.get(plugin.name) ?? 0) + 1);
    }
    return found;
  }
}

const NO_ENTITIES = Object.fromEntries(
  tableNames.map((name) => [name, new Map()]),
) as unknown as EntityTables;
