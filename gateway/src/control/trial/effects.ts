import type { Plugin } from '../../entities/plugin.ts';
import type { EntityTables } from '../../entities/tables.ts';

/** Those of some plugins that would run on a route, if they could. */
export function withEffect(tables: EntityTables, plugins: Iterable<Plugin>): Plugin[] {
  const { routes } = tables;
  let services: ReadonlySet<string> | undefined;
  return [...plugins].filter(({ enabled, route, service }) => {
    if (!enabled) return false;
    if (route !== null) return routes.has(route.id);
    if (service === null) return routes.size > 0;
    services ??= new Set([...routes.values()].map((each) => each.service?.id ?? ''));
    return services.has(service.id);
  });
}
