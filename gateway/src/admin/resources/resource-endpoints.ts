import { foreignKeys, tableNames, type TableName } from '../../entities/tables.ts';
import type { EntityConfiguration } from '../entities/context.ts';
import type { Endpoint } from '../endpoint.ts';
import { collectionEndpoint } from './collection.ts';
import { consumersEndpoint } from './consumers.ts';
import { entityEndpoint } from './entity.ts';
import { linkedEndpoint } from './linked.ts';
import { targetEndpoints } from './targets.ts';

/** Paths that follow from the definitions but lead nowhere in Kong. */
const closed = [
  '/targets',
  '/targets/{targets}',
  '/targets/{targets}/upstream',
  '/snis/{snis}/certificate',
];

/**
 * The endpoints of all entities. They follow from the definitions: a list and single entities for
 * each table, the same below every table that one belongs to, and the way back.
 */
export function resourceEndpoints(live: EntityConfiguration): Endpoint[] {
  return tableNames
    .flatMap((table) => endpointsOf(live, table))
    .map((endpoint) => (closed.includes(endpoint.path) ? { ...endpoint, methods: {} } : endpoint));
}

function endpointsOf(live: EntityConfiguration, table: TableName): Endpoint[] {
  const alone = { table, parent: null };
  const list = table === 'consumers' ? consumersEndpoint(live) : collectionEndpoint(live, alone);
  const endpoints = [list, entityEndpoint(live, alone)];
  for (const link of foreignKeys(table)) endpoints.push(linkedEndpoint(live, table, link));
  if (table === 'targets') return [...endpoints, ...targetEndpoints(live)];
  for (const parent of foreignKeys(table)) {
    const nested = { table, parent };
    endpoints.push(collectionEndpoint(live, nested), entityEndpoint(live, nested));
  }
  return endpoints;
}
