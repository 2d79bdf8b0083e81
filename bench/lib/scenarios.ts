import { authScenarios } from './auth-scenarios.ts';
import { backendPaths } from './backend.ts';
import { browserHeaders } from './browser-headers.ts';
import { chainScenarios } from './chain-scenarios.ts';
import { KEY_PATTERN, ROUTE_PATTERN, siteDocument } from './documents.ts';
import { KEY_FIELD, type Load } from './load.ts';
import { ACCESS_LOG, nginxWithKeys } from './nginx-variants.ts';
import { openidScenario } from './openid-scenario.ts';
import { BASE, type Scenario, type SluiceVariant } from './scenario.ts';

const CONNECTIONS = 64;
const CONSUMERS = 10_000;
const MANY_ROUTES = 10_000;

const keyAuth = { name: 'key-auth', config: { key_names: [KEY_FIELD] } };
// So high that nothing is refused: every request is counted all the same.
const rateLimiting = {
  name: 'rate-limiting',
  config: { minute: 1_000_000_000, limit_by: 'consumer', policy: 'local' },
};
const metrics = { name: 'prometheus', config: { per_consumer: true } };

const plainLoad: Load = {
  path: '/api/orders/1234',
  paths: 1,
  bodyBytes: 0,
  connections: CONNECTIONS,
};

const keyLoad: Load = { ...plainLoad, key: KEY_PATTERN, keys: CONSUMERS };

/** A thousand routes, one of which takes `path`. */
function amongThousand(path: string): SluiceVariant {
  return {
    name: 'Sluice',
    workers: 1,
    document(port) {
      const site = siteDocument({ port, routes: 999, path: ROUTE_PATTERN });
      const route = { name: 'wanted', paths: [path], strip_path: false };
      site.services.splice(500, 0, { name: 'wanted', host: '127.0.0.1', port, routes: [route] });
      return site;
    },
  };
}

/** One route for `plainLoad`, 10,000 consumers, and these plugins for every request. */
function withPlugins(plugins: readonly object[], workers: number): SluiceVariant {
  return {
    name: 'Sluice',
    workers,
    document: (port) =>
      siteDocument({ port, routes: 1, path: '/api', consumers: CONSUMERS, plugins }),
  };
}

function open(
  name: string,
  title: string,
  path: string,
  rest: Partial<Scenario> & { load?: Load } = {},
): Scenario {
  return {
    name,
    title,
    load: { ...plainLoad, path },
    sluices: [amongThousand(path.replace(/\/[^/]*$/, '') || path)],
    guarded: false,
    paced: false,
    ...rest,
  };
}

export const scenarios: readonly Scenario[] = [
  open('public', 'Public route among 1,000', plainLoad.path, {
    goal: { atMost: 1.1, of: BASE },
    paced: true,
  }),
  {
    name: 'key-auth',
    title: 'key-auth, 10,000 consumers',
    load: keyLoad,
    sluices: [withPlugins([keyAuth], 1)],
    nginx: nginxWithKeys('nginx with map', CONSUMERS, []),
    goal: { atMost: 1.2, of: BASE },
    guarded: true,
    paced: false,
  },
  {
    name: 'rate-limiting',
    title: 'key-auth and rate-limiting, shared by two threads',
    load: keyLoad,
    sluices: [withPlugins([keyAuth, rateLimiting], 2)],
    nginx: nginxWithKeys('nginx with map and limit_req', CONSUMERS, ['limit']),
    goal: { atMost: 1.3, of: BASE },
    guarded: true,
    paced: false,
  },
  {
    name: 'logged',
    title: 'key-auth, rate-limiting, JSON access log, metrics by route and consumer',
    load: keyLoad,
    sluices: [
      {
        ...withPlugins([keyAuth, rateLimiting, metrics], 2),
        // Room for every consumer, so that none is counted under `overflow`.
        flags: (folder) => [
          ...['--access-log', `${folder}/${ACCESS_LOG}`],
          ...['--metrics-max-series', '100000'],
        ],
      },
    ],
    nginx: nginxWithKeys('nginx with map, limit_req and log', CONSUMERS, ['limit', 'log']),
    goal: { atMost: 1.5, of: BASE },
    guarded: true,
    paced: false,
    accessLog: ACCESS_LOG,
  },
  ...authScenarios(plainLoad),
  openidScenario(plainLoad),
  ...chainScenarios(plainLoad),
  manyRoutes(),
  millionKeys(),
  open('browser', 'A browser: 1 KiB and 20 fields, response with 12', `${backendPaths.browser}`, {
    load: { ...plainLoad, path: `${backendPaths.browser}/shop?page=2`, headers: browserHeaders },
  }),
  open('large', 'Responses of 64 KiB', backendPaths.large),
  open('upload', 'Uploads of 1 MiB', backendPaths.upload, {
    load: { ...plainLoad, path: backendPaths.upload, bodyBytes: 1024 * 1024 },
  }),
  open('connections', 'A new connection for each request', plainLoad.path, {
    load: { ...plainLoad, headers: { Connection: 'close' } },
  }),
];

/** 10,000 routes and keys chosen at random, against one of each. */
function manyRoutes(): Scenario {
  const load: Load = {
    ...keyLoad,
    path: `${ROUTE_PATTERN}orders/1234`,
    paths: MANY_ROUTES,
  };
  const variant = (name: string, count: number): SluiceVariant => ({
    name,
    workers: 1,
    document: (port) =>
      siteDocument({
        port,
        routes: count,
        path: ROUTE_PATTERN,
        consumers: count,
        plugins: [keyAuth],
      }),
  });
  return {
    name: 'many-routes',
    title: '10,000 routes and keys at random',
    load,
    sluices: [
      variant('Sluice', MANY_ROUTES),
      { ...variant('Sluice, one route', 1), load: { ...load, paths: 1, keys: 1 } },
    ],
    goal: { atMost: 1.1, of: 'Sluice, one route' },
    guarded: true,
    paced: false,
  };
}

/** The same requests with a table of keys of three sizes: to find one must not cost more. */
function millionKeys(): Scenario {
  const variant = (name: string, count: number): SluiceVariant => ({
    name,
    workers: 1,
    document: (port, quick = false) =>
      siteDocument({
        port,
        routes: 1,
        path: '/api',
        consumers: quick ? Math.min(count, CONSUMERS) : count,
        plugins: [keyAuth],
      }),
    flags: () => (count >= 1_000_000 ? ['--thread-old-heap', '4096'] : []),
  });
  const few = 'Sluice, 1,000 keys';
  return {
    name: 'million-keys',
    title: '1,000,000 keys, of which 1,000 are in use',
    load: { ...keyLoad, keys: 1000 },
    sluices: [
      variant('Sluice', 1_000_000),
      variant('Sluice, 100,000 keys', 100_000),
      variant(few, 1000),
    ],
    goal: { atMost: 1.1, of: few },
    guarded: true,
    paced: false,
  };
}
