import { caveatsOf } from '../../config/caveats.ts';
import { storedCaveats } from '../../config/stored-caveats.ts';
import type { Plugin } from '../../entities/plugin.ts';
import type { EntityTables } from '../../entities/tables.ts';
import type { UnrunnablePlugins } from '../../snapshot/unrunnable-plugins.ts';
import type { GatewayLog } from '../gateway-log.ts';

/** How long a configuration must stay as it is until its caveats are logged, ms. */
const SETTLE = 500;

/** Knows what of the configuration has less effect than its author may expect, and logs it once. */
export class CaveatWatch {
  readonly #log: GatewayLog;
  readonly #further: (tables: EntityTables) => readonly string[];
  #tables: EntityTables | null = null;
  #found: readonly string[] | null = null;
  #logged: readonly string[] = [];
  #timer: NodeJS.Timeout | null = null;

  /** @param further caveats that come from settings of the node */
  constructor(log: GatewayLog, further: (tables: EntityTables) => readonly string[] = () => []) {
    this.#log = log;
    this.#further = further;
  }

  /** Turns to another configuration. Looking through all of it is put off until somebody asks. */
  look(tables: EntityTables): void {
    this.#tables = tables;
    this.#found = null;
    this.#timer ??= setTimeout(() => this.logNow(), SETTLE).unref();
  }

  get caveats(): readonly string[] {
    const tables = this.#tables;
    if (tables === null) return [];
    this.#found ??= [
      ...[...caveatsOf(tables), ...storedCaveats(tables)].map(({ message }) => message),
      ...this.#further(tables),
    ];
    return this.#found;
  }

  /** What was logged before and still holds is not logged again. */
  logNow(): void {
    this.close();
    const { caveats } = this;
    for (const caveat of caveats) if (!this.#logged.includes(caveat)) this.#log.warn(caveat);
    this.#logged = caveats;
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

/** A caveat for every plugin that is stored without effect. */
export function withoutEffect(
  plugins: Iterable<Plugin>,
  { includes, ignored }: UnrunnablePlugins,
): string[] {
  const found = [...plugins].filter((plugin) => plugin.enabled && includes(plugin));
  const effect = ignored
    ? 'is stored and does not run (--allow-unsupported-plugins)'
    : 'cannot run yet; routes on which it would run answer 503';
  return [...Map.groupBy(found, ({ name }) => name)].map(
    ([name, { length }]) => `plugin '${name}'${length > 1 ? ` (${length} times)` : ''} ${effect}`,
  );
}
