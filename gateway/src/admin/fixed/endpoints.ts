import type { Endpoint } from '../endpoint.ts';
import { absentEndpoints } from './absent.ts';
import { configEndpoint } from './config/config-endpoint.ts';
import { endpointListEndpoint } from './endpoint-list.ts';
import { healthEndpoints } from './health.ts';
import { infoEndpoint } from './info.ts';
import { logLevelEndpoints } from './log-level.ts';
import { openapiEndpoint } from './openapi/openapi-endpoint.ts';
import type { FixedParts } from './parts.ts';
import { pluginEndpoints } from './plugins.ts';
import { revisionEndpoints } from './revisions/revision-endpoints.ts';
import { schemaEndpoints } from './schemas.ts';
import { statusEndpoints } from './status.ts';
import { tagEndpoints } from './tags.ts';
import { timersEndpoint } from './timers.ts';

/** The endpoints that belong to no entity. */
export function fixedEndpoints(parts: FixedParts): Endpoint[] {
  return [
    infoEndpoint(parts),
    ...statusEndpoints(parts),
    endpointListEndpoint(parts),
    timersEndpoint(parts),
    ...pluginEndpoints(parts),
    ...schemaEndpoints(parts),
    ...tagEndpoints(parts),
    ...logLevelEndpoints(parts),
    ...healthEndpoints(parts),
    configEndpoint(parts),
    ...revisionEndpoints(parts),
    openapiEndpoint(parts),
    ...absentEndpoints(),
  ];
}
