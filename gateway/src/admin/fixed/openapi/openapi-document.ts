import type { PluginSchemas } from '../../../entities/plugin.ts';
import { version } from '../../../version.ts';
import type { Endpoint, Method } from '../../endpoint.ts';
import {
  commonHeaders,
  commonParameters,
  commonSchemas,
  errorResponses,
  securitySchemes,
} from './common-schemas.ts';
import { entitySchemas } from './entity-schemas.ts';
import { operationObject } from './operation-object.ts';

/** Describes the Admin API in OpenAPI 3.1: all endpoints that answer, and what goes in and out. */
export function openapiDocument(endpoints: readonly Endpoint[], plugins: PluginSchemas): object {
  const answering = endpoints.filter(({ methods }) => Object.keys(methods).length > 0);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Sluice Admin API',
      version,
      description:
        'What Kong 3.9 answers at these paths, and more. HEAD works wherever GET does; OPTIONS tells the methods of every path.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: Object.keys(securitySchemes).map((name) => ({ [name]: [] })),
    paths: Object.fromEntries(
      answering
        .toSorted((a, b) => (a.path < b.path ? -1 : 1))
        .map((endpoint) => [endpoint.path, pathItem(endpoint)]),
    ),
    components: {
      schemas: { ...commonSchemas, ...entitySchemas(plugins) },
      responses: errorResponses,
      headers: commonHeaders,
      parameters: commonParameters,
      securitySchemes,
    },
  };
}

function pathItem(endpoint: Endpoint): object {
  const operations = Object.entries(endpoint.methods).map(([method, operation]) => [
    method.toLowerCase(),
    operationObject(endpoint, method as Method, operation),
  ]);
  const parameters = [...endpoint.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  return {
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(Object.fromEntries(operations) as object),
  };
}
