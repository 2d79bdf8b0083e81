import type { Endpoint, Method, Operation } from '../endpoint.ts';
import { AdminError } from '../endpoint.ts';
import { notFound } from '../errors/kong-errors.ts';
import { emptyList, noContent, refusing } from './operations.ts';

/**
 * Endpoints of what Kong keeps and Sluice does not: clients that ask get the answer that Kong gives
 * when there is nothing.
 */
export function absentEndpoints(): Endpoint[] {
  return [
    ...cacheEndpoints(),
    ...clusteringEndpoints(),
    ...filterEndpoints(),
    ...storedByPlugins(),
    ...acmeEndpoints(),
  ];
}

function everywhere(
  paths: readonly string[],
  methods: readonly Method[],
  operation: Operation,
): Endpoint[] {
  return paths.map((path) => ({
    path,
    methods: Object.fromEntries(methods.map((method) => [method, operation])),
  }));
}

const missing: Operation = {
  summary: 'Tell that there is nothing of this name',
  describes: { answer: { status: 404 } },
  handle: () => {
    throw notFound();
  },
};

const removal: Operation = {
  summary: 'Do nothing, since there is nothing to remove',
  describes: { answer: { status: 204 } },
  handle: () => noContent,
};

const list: Operation = { summary: 'List nothing', handle: () => emptyList };

/** Entities and responses are not cached. */
function cacheEndpoints(): Endpoint[] {
  return [
    { path: '/cache', methods: { DELETE: removal } },
    { path: '/cache/{key}', methods: { GET: missing, DELETE: removal } },
    { path: '/proxy-cache', methods: { DELETE: removal } },
    { path: '/proxy-cache/{cache_key}', methods: { GET: missing, DELETE: missing } },
    {
      path: '/proxy-cache/{plugin_id}/caches/{cache_key}',
      methods: { GET: missing, DELETE: missing },
    },
  ];
}

/** Every node serves its own Admin API. */
function clusteringEndpoints(): Endpoint[] {
  const message =
    'this endpoint is only available when Kong is configured to run as Control Plane for the cluster';
  const refused = refusing('Refused: there are no data planes', 400, message);
  return everywhere(['/clustering/data-planes', '/clustering/status'], ['GET'], refused);
}

function filterEndpoints(): Endpoint[] {
  const message = 'this endpoint is only available when wasm is enabled';
  const refused = refusing('Refused: there are no WebAssembly filters', 400, message);
  const chains = ['/filter-chains', '/routes/{routes}/filter-chains'].concat(
    '/services/{services}/filter-chains',
  );
  const filters = ['all', 'disabled', 'enabled'].map(
    (which) => `/routes/{routes}/filters/${which}`,
  );
  return [
    ...everywhere(chains, ['GET', 'POST'], refused),
    ...everywhere(
      chains.map((path) => `${path}/{filter_chains}`),
      ['GET', 'PUT', 'PATCH', 'DELETE'],
      refused,
    ),
    ...everywhere(
      ['/filter-chains/{filter_chains}/route', '/filter-chains/{filter_chains}/service'],
      ['GET', 'PUT', 'PATCH', 'DELETE'],
      refused,
    ),
    ...everywhere(filters, ['GET'], refused),
  ];
}

/** What plugins that Sluice does not run would keep. */
function storedByPlugins(): Endpoint[] {
  const refused: Operation = {
    summary: 'Refused: no plugin that runs here keeps these',
    describes: { answer: { status: 501 } },
    handle: () => {
      const message = 'no plugin that Sluice runs keeps these; they cannot be written';
      throw new AdminError(501, { message });
    },
  };
  const lists = [
    ['/acme_storage', 'acme_storage'],
    ['/sessions', 'sessions'],
    ['/oauth2_tokens', 'oauth2_tokens'],
    ['/oauth2/{oauth2_credentials}/oauth2_tokens', 'oauth2_tokens'],
    ['/services/{services}/oauth2_tokens', 'oauth2_tokens'],
  ] as const;
  return [
    ...lists.map(([path]) => ({ path, methods: { GET: list, POST: refused } })),
    ...lists.map(([path, name]) => ({
      path: `${path}/{${name}}`,
      methods: { GET: missing, PUT: refused, PATCH: missing, DELETE: removal },
    })),
    ...everywhere(
      ['/oauth2_tokens/{oauth2_tokens}/credential', '/oauth2_tokens/{oauth2_tokens}/service'],
      ['GET', 'PUT', 'PATCH', 'DELETE'],
      missing,
    ),
  ];
}

function acmeEndpoints(): Endpoint[] {
  const refused = refusing(
    'Refused: the plugin acme does not run here',
    501,
    'the plugin acme is not run by this version of Sluice',
  );
  return [
    { path: '/acme', methods: { POST: refused, PATCH: refused } },
    { path: '/acme/certificates', methods: { GET: list } },
    { path: '/acme/certificates/{certificates}', methods: { GET: missing } },
  ];
}
