import type { Plugin } from '../entities/plugin.ts';
import type { EntityTables } from '../entities/tables.ts';

/** Plugins that can be configured and that proxy threads cannot run. */
export interface UnrunnablePlugins {
  readonly includes: (plugin: Plugin) => boolean;
  /**
   * Whether routes are served without them. Otherwise requests to a route on which one of them would
   * run are refused: it may be what protects the route.
   */
  readonly ignored: boolean;
}

export const ALL_RUN: UnrunnablePlugins = { includes: () => false, ignored: false };

/** One object for the usual case, so that it can be told by comparing that nothing changed. */
const NOTHING: BlockedRoutes = { has: () => false };

/** Routes whose requests are to be refused. */
export interface BlockedRoutes {
  has(route: { readonly id: string; readonly service: { readonly id: string } | null }): boolean;
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
  const scopes = new Set<string>();
  let everywhere = false;
  for (const plugin of plugins.values()) {
    const { enabled, route, service } = plugin;
    if (!enabled || !unrunnable.includes(plugin)) continue;
    if (route !== null) scopes.add(route.id);
    else if (service !== null) scopes.add(service.id);
    else everywhere = true;
  }
  if (everywhere) return { has: () => true };
  if (scopes.size === 0) return NOTHING;
  return {
    has: ({ id, service }) => scopes.has(id) || (service !== null && scopes.has(service.id)),
  };
}
