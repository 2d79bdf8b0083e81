import type { Entity } from '../../entities/tables.ts';
import { schemaViolation } from '../../entities/violation.ts';
import type { StoreReader } from '../../store/contract.ts';
import { AdminError } from '../endpoint.ts';
import { allOf } from './all-of.ts';

/**
 * A plugin must run for at least one protocol of the route that it is for, or of a route of the
 * service that it is for.
 *
 * @throws AdminError 400
 */
export async function checkScope(reader: StoreReader, plugin: Entity<'plugins'>): Promise<void> {
  if (plugin.route !== null) {
    const route = await reader.get('routes', plugin.route.id);
    if (route === undefined || shares(plugin, route)) return;
    throw badProtocols("must match the associated route's protocols");
  }
  if (plugin.service === null) return;
  let routes = 0;
  for await (const route of allOf(reader, 'routes', { field: 'service', id: plugin.service.id })) {
    if (shares(plugin, route)) return;
    routes += 1;
  }
  if (routes === 0) return;
  throw badProtocols(
    "must match the protocols of at least one route pointing to this Plugin's service",
  );
}

function shares(plugin: Entity<'plugins'>, route: Entity<'routes'>): boolean {
  const protocols: readonly string[] = route.protocols;
  return plugin.protocols.some((protocol) => protocols.includes(protocol));
}

function badProtocols(message: string): AdminError {
  return new AdminError(400, schemaViolation([{ path: ['protocols'], message, rule: 'check' }]));
}
