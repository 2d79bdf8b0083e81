import type { Plugin } from '../entities/plugin.ts';
import type { EntityTables } from '../entities/tables.ts';

/** Plugins that can be configured and that proxy threads cannot run. */
export interface UnrunnablePlugins {
  readonly includes: (plugin: Plugin) => boolean;
  /** Those that run for requests only: what they would do to a stream is not done. Absent: none. */
  readonly missesStreams?: (plugin: Plugin) => boolean;
  /**
   * Whether routes are served without them. Otherwise requests to a route on which one of them would
   * run are refused: it may be what protects the route.
   */
  readonly ignored: boolean;
}

export const ALL_RUN: UnrunnablePlugins = { includes: () => false, ignored: false };

/** One object for the usual case, so that it can be told by comparing that nothing changed. */
const NOTHING: BlockedRoutes = { has: () => false };

/** What of a route decides which plugins run on it. */
export interface ScopedRoute {
  readonly id: string;
  readonly service: { readonly id: string } | null;
  readonly protocols: readonly string[];
}

/** Routes whose requests, or streams, are to be refused. */
export interface BlockedRoutes {
  has(route: ScopedRoute): boolean;
}

/**
 * Routes on which a plugin would run that cannot. One that is bound to a consumer blocks the whole
 * route, since who asks is not known before the chain has run.
 */
export function blockedRoutes(
  plugins: EntityTables['plugins'],
  unrunnable: UnrunnablePlugins,
): BlockedRoutes {
  if (unrunnable.ignored || unrunnable === ALL_RUN) return NOTHING;
  let blocked = known.get(plugins);
  if (blocked === undefined) {
    blocked = findBlocked(plugins, unrunnable);
    known.set(plugins, blocked);
  }
  return blocked;
}

/** By the table, which is the same object as long as nothing in it changes. */
const known = new WeakMap<EntityTables['plugins'], BlockedRoutes>();

function findBlocked(
  plugins: EntityTables['plugins'],
  unrunnable: UnrunnablePlugins,
): BlockedRoutes {
  const { includes, missesStreams = includes } = unrunnable;
  const requests = new Scopes();
  const streams = new Scopes();
  for (const plugin of plugins.values()) {
    if (!plugin.enabled) continue;
    if (includes(plugin) && !plugin.protocols.every(isForStreams)) requests.add(plugin);
    if (!plugin.protocols.some(isForStreams)) continue;
    if (includes(plugin) || missesStreams(plugin)) streams.add(plugin);
  }
  if (requests.isEmpty && streams.isEmpty) return NOTHING;
  return {
    has: (route) => (route.protocols.some(isForStreams) ? streams : requests).include(route),
  };
}

const STREAM_PROTOCOLS: ReadonlySet<string> = new Set(['tcp', 'tls', 'tls_passthrough', 'udp']);

function isForStreams(protocol: string): boolean {
  return STREAM_PROTOCOLS.has(protocol);
}

/** Where plugins would run. */
class Scopes {
  readonly #ids = new Set<string>();
  #everywhere = false;

  add({ route, service }: Plugin): void {
    if (route !== null) this.#ids.add(route.id);
    else if (service !== null) this.#ids.add(service.id);
    else this.#everywhere = true;
  }

  get isEmpty(): boolean {
    return !this.#everywhere && this.#ids.size === 0;
  }

  include({ id, service }: ScopedRoute): boolean {
    if (this.#everywhere || this.#ids.has(id)) return true;
    return service !== null && this.#ids.has(service.id);
  }
}
