import type { Plugin } from '../entities/plugin.ts';
import type { Entity, EntityTables } from '../entities/tables.ts';

/**
 * Those of some plugins that would run for requests. The others have no effect in Kong either: they
 * are switched off, or belong to a service that is, or to one without routes, or to other protocols
 * than its routes.
 */
export function withEffect(tables: EntityTables, plugins: Iterable<Plugin>): Plugin[] {
  let routes: ServedRoutes | undefined;
  return [...plugins].filter((plugin) => {
    if (!plugin.enabled) return false;
    routes ??= new ServedRoutes(tables);
    return routes.some(plugin);
  });
}

/** The routes that requests can reach, by what plugins are bound to. */
export class ServedRoutes {
  readonly #all: Entity<'routes'>[] = [];
  readonly #byService = new Map<string, Entity<'routes'>[]>();
  readonly #byId = new Map<string, Entity<'routes'>>();

  constructor({ routes, services }: EntityTables) {
    for (const route of routes.values()) {
      const { service } = route;
      if (service !== null && services.get(service.id)?.enabled === false) continue;
      this.#all.push(route);
      this.#byId.set(route.id, route);
      if (service === null) continue;
      const siblings = this.#byService.get(service.id);
      if (siblings === undefined) this.#byService.set(service.id, [route]);
      else siblings.push(route);
    }
  }

  /** Whether there is a route on which a plugin would run. */
  some(plugin: Plugin): boolean {
    return this.#boundTo(plugin).some((route) => runsOn(route, plugin));
  }

  /** The routes on which a plugin would run. */
  under(plugin: Plugin): Entity<'routes'>[] {
    return this.#boundTo(plugin).filter((route) => runsOn(route, plugin));
  }

  #boundTo({ route, service }: Plugin): readonly Entity<'routes'>[] {
    if (route !== null) {
      const found = this.#byId.get(route.id);
      return found === undefined ? [] : [found];
    }
    return service === null ? this.#all : (this.#byService.get(service.id) ?? []);
  }
}

function runsOn(route: Entity<'routes'>, { service, protocols }: Plugin): boolean {
  return (
    (service === null || route.service?.id === service.id) &&
    route.protocols.some((protocol) => protocols.includes(protocol))
  );
}
