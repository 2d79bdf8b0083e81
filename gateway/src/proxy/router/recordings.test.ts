import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { RouteRecord } from '../../snapshot/records.ts';
import { buildRouterNow } from './build-router.ts';
import { escapePath, normalisePath, wireText } from './path.ts';
import type { Router } from './router.ts';
import { splitTarget } from './target.ts';
import { matchOf, routeQuery, routeRecord } from './testing.ts';
import { forwardedPrefix, upstreamPath } from './upstream-path.ts';

/** What a real Kong answered, replayed against the functions of this folder. */
const RECORDINGS = new URL('../../../../test/golden/proxy/', import.meta.url);
const PROXY_PORT = 8000;

/** Answered before or after the router: the parser refuses it, or no upstream is asked. */
const NOT_THE_ROUTERS = [
  'router-absolute-form x07 x09 x10 x11 x12',
  'router-methods x13',
  'router-disabled x03 x04 x05 x07',
];
/** Differences on purpose: hosts regardless of case, and the authority of an absolute-form target. */
const DIFFERENT = ['router-absolute-form x02', 'router-hosts x02'];

interface Service {
  readonly name: string;
  readonly enabled?: boolean;
  readonly url?: string;
  readonly path?: string;
  readonly routes?: readonly Partial<RouteRecord>[];
}

interface Recording {
  readonly scenario: string;
  readonly config: {
    readonly services?: readonly Service[];
    readonly routes?: readonly Partial<RouteRecord>[];
  };
  readonly exchanges: readonly {
    readonly id: string;
    readonly request: { method: string; target: string; headers: [string, string][] };
    readonly response: { status: number };
    readonly upstream: readonly { target: string; headers: [string, string][] }[];
  }[];
}

interface Target {
  readonly stripPath: boolean;
  readonly servicePath: string | null;
}

function load(name: string): Recording {
  const text = readFileSync(new URL(name, RECORDINGS), 'utf8');
  return JSON.parse(text.replaceAll('{{proxy_port}}', String(PROXY_PORT))) as Recording;
}

function routerOf({ services = [], routes = [] }: Recording['config']): Router<Target> {
  let count = 0;
  const input = (route: Partial<RouteRecord>, servicePath: string | null) => {
    const id = `00000000-0000-4000-8000-${String(++count).padStart(12, '0')}`;
    const record = routeRecord({ id, ...route });
    return { route: record, target: { stripPath: record.strip_path, servicePath } };
  };
  const inputs = services
    .filter((service) => service.enabled !== false)
    .flatMap((service) => {
      const path = service.path ?? service.url?.replace(/^http:\/\/[^/]*/, '') ?? '';
      return (service.routes ?? []).map((route) => input(route, path === '' ? null : path));
    });
  return buildRouterNow([...inputs, ...routes.map((route) => input(route, null))]);
}

function isListed(list: readonly string[], scenario: string, id: string): boolean {
  return list.some((line) => {
    const [name, ...ids] = line.split(' ');
    return name === scenario && ids.includes(id);
  });
}

/** 400, 404, or what the upstream is asked for and `X-Forwarded-Prefix`. */
function outcome(
  router: Router<Target>,
  request: Recording['exchanges'][number]['request'],
): unknown {
  const parts = { path: '', query: '', authority: null as string | null };
  if (!splitTarget(wireText(request.target), parts)) return 400;
  const path = normalisePath(parts.path);
  if (path === null) return 400;
  const hostLine = request.headers.find(([name]) => name === 'Host')?.[1] ?? '';
  const [host = '', port] = (parts.authority ?? hostLine).split(':');
  const query = routeQuery(
    {
      method: request.method,
      host: host.toLowerCase(),
      port: port === undefined ? PROXY_PORT : Number(port),
      path,
    },
    request.headers,
  );
  const { target, matchedLength } = matchOf(router, query);
  if (target === null) return 404;
  const { stripPath, servicePath } = target;
  const asked = escapePath(upstreamPath(stripPath, servicePath, path, matchedLength));
  return {
    target: asked + parts.query,
    prefix: forwardedPrefix(stripPath, path, matchedLength),
  };
}

function recorded({ response, upstream }: Recording['exchanges'][number]): unknown {
  const [seen] = upstream;
  if (seen === undefined) return response.status;
  const prefix = seen.headers.find(([name]) => name.toLowerCase() === 'x-forwarded-prefix');
  return { target: seen.target, prefix: prefix?.[1] ?? null };
}

const names = readdirSync(RECORDINGS).filter(
  (name) => /^(router|path)-.*\.json$/.test(name) && name !== 'router-flavor-expressions.json',
);

it('has recordings to replay', () => assert.ok(names.length > 20));

for (const name of names) {
  const { scenario, config, exchanges } = load(name);
  describe(scenario, () => {
    const router = routerOf(config);
    for (const exchange of exchanges) {
      if (isListed(NOT_THE_ROUTERS, scenario, exchange.id)) continue;
      const { id, request } = exchange;
      const differs = isListed(DIFFERENT, scenario, id);
      it(`${id} ${request.method} ${request.target}${differs ? ' differs on purpose' : ''}`, () => {
        const result = outcome(router, request);
        if (differs) assert.notDeepEqual(result, recorded(exchange));
        else assert.deepEqual(result, recorded(exchange));
      });
    }
  });
}
