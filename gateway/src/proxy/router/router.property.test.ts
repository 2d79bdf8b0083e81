import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { compileRegex } from '../../entities/schema/regex.ts';
import type { RouteRecord } from '../../snapshot/records.ts';
import { buildRouterNow } from './build-router.ts';
import { PathPattern } from './path-pattern.ts';
import type { RouteQuery } from './router.ts';
import { splitRoute } from './split-route.ts';
import { matchOf, routeQuery, routeRecord } from './testing.ts';

type Header = readonly [string, string];

/** One sub-route as the specification has it: a priority of 64 bits and a predicate. */
interface Reference {
  readonly name: string;
  readonly priority: bigint;
  readonly id: string;
  readonly route: RouteRecord;
  readonly paths: readonly string[];
}

/** A router that tries every sub-route in the order of priority. */
class LinearRouter {
  private readonly references: Reference[];

  constructor(routes: readonly RouteRecord[]) {
    this.references = routes.flatMap(referencesOf);
    this.references.sort((a, b) => {
      if (a.priority !== b.priority) return a.priority < b.priority ? 1 : -1;
      return a.id < b.id ? 1 : -1;
    });
  }

  find(query: RouteQuery, headers: readonly Header[]): { name: string; length: number } | null {
    for (const { name, route, paths } of this.references) {
      const length = paths.length === 0 ? 0 : pathLength(paths, query.path);
      if (length !== -1 && fits(route, query, headers)) return { name, length };
    }
    return null;
  }
}

function referencesOf(route: RouteRecord): Reference[] {
  const groups = new Map<string, string[]>();
  for (const path of route.paths ?? []) {
    const key = path.startsWith('~') ? 'regex' : String(path.length);
    groups.set(key, [...(groups.get(key) ?? []), path]);
  }
  if (groups.size === 0) groups.set('none', []);
  // Ids are those of the code under test, which has a test of its own for them.
  const drafts = splitRoute({ route, target: null }, (source) => new PathPattern(source));
  return [...groups.values()].map((paths, i) => ({
    name: route.name!,
    priority: priorityOf(route, paths[0]),
    id: drafts[i]!.id,
    route,
    paths,
  }));
}

function priorityOf(route: RouteRecord, path: string | undefined): bigint {
  const criteria = [route.methods, route.hosts, route.headers, route.snis, route.paths];
  const regex = path !== undefined && path.startsWith('~');
  const plain = route.hosts !== undefined && !route.hosts.some((host) => host.includes('*'));
  const kinds = criteria.filter((criterion) => criterion !== undefined).length;
  return (
    (BigInt(kinds >= 4) << 62n) |
    (BigInt(plain && kinds < 4) << 61n) |
    (BigInt(regex && kinds < 4) << 60n) |
    (BigInt(kinds) << 56n) |
    (BigInt(Object.keys(route.headers ?? {}).length) << 48n) |
    (BigInt(regex ? route.regex_priority : 0) << 19n) |
    BigInt(regex ? 0 : (path?.length ?? 0))
  );
}

const compiled = new Map<string, ReturnType<typeof compileRegex>>();

function compiledPath(path: string): ReturnType<typeof compileRegex> {
  const known = compiled.get(path) ?? compileRegex(`^(?:${path.slice(1)})`);
  compiled.set(path, known);
  return known;
}

function pathLength(paths: readonly string[], text: string): number {
  for (const path of paths) {
    if (!path.startsWith('~')) {
      if (text.startsWith(path)) return path.length;
      continue;
    }
    const found = compiledPath(path).exec(text) as string[] | null;
    if (found !== null) return found[0]!.length;
  }
  return -1;
}

function fits(route: RouteRecord, query: RouteQuery, headers: readonly Header[]): boolean {
  const { methods, hosts, snis } = route;
  if (methods !== undefined && !methods.includes(query.method)) return false;
  if (hosts !== undefined && !hosts.some((host) => hostFits(host, query))) return false;
  if (snis !== undefined && query.scheme === 'https' && !snis.includes(query.sni)) return false;
  return Object.entries(route.headers ?? {}).every(([name, values]) =>
    headers.some(
      ([given, value]) => given === name && values.some((wanted) => valueFits(wanted, value)),
    ),
  );
}

function valueFits(wanted: string, value: string): boolean {
  return wanted.startsWith('~*') ? new RegExp(wanted.slice(2)).test(value) : wanted === value;
}

function hostFits(pattern: string, query: RouteQuery): boolean {
  const [host = '', port] = pattern.split(':');
  if (port !== undefined && Number(port) !== query.port) return false;
  if (host.startsWith('*')) return query.host.endsWith(host.slice(1));
  if (host.endsWith('*')) return query.host.startsWith(host.slice(0, -1));
  return query.host === host;
}

// Small alphabets, so that routes collide and requests hit.
const segments = fc.constantFrom('a', 'b', 'ab', '1');
const prefixes = fc
  .tuple(fc.array(segments, { maxLength: 3 }), fc.constantFrom('', '/'))
  .map(([parts, end]) => (parts.length === 0 ? '/' : `/${parts.join('/')}${end}`));
const regexes = fc
  .tuple(
    prefixes,
    fc.constantFrom('', '[ab]+', '\\d', '.*/b', '(a|b)/?', '[^/]+/ab$', '.*1$', '|/b', 'a?b$', '$'),
  )
  .map(([start, rest]) => `~${start}${rest}`);
const hosts = fc.constantFrom('a.x', 'b.x', 'a.y', 'a.x:80', '*.x', 'a.*', '*.x:80', '*.b.x');
const some = <T>(values: fc.Arbitrary<T>, maxLength = 3) =>
  fc.option(fc.uniqueArray(values, { minLength: 1, maxLength }), { nil: undefined });

const fields = fc.record({
  paths: some(fc.oneof({ arbitrary: prefixes, weight: 3 }, regexes), 4),
  hosts: some(hosts),
  methods: some(fc.constantFrom('GET', 'POST', 'PUT')),
  snis: fc.option(fc.constant(['s.x']), { nil: undefined, freq: 4 }),
  headers: fc.option(
    fc.dictionary(
      fc.constantFrom('h', 'k'),
      fc.uniqueArray(fc.constantFrom('1', '2', '3', '~*[12]'), { minLength: 1, maxLength: 2 }),
      { minKeys: 1 },
    ),
    { nil: undefined, freq: 2 },
  ),
  regex_priority: fc.constantFrom(0, 0, 1, 2),
});
const routeSets = fc
  .tuple(fc.array(fields, { minLength: 1, maxLength: 40 }), fc.infiniteStream(fc.uuid()))
  .map(([all, ids]) =>
    all.map((given, i) => {
      const present = Object.entries(given).filter(([, value]) => value !== undefined);
      const id = ids.next().value as string;
      return routeRecord({ id, name: `r${i}`, ...Object.fromEntries(present) });
    }),
  );
const requests = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'HEAD'),
  scheme: fc.constantFrom('http' as const, 'https' as const),
  host: fc.constantFrom('', 'a.x', 'b.x', 'a.y', 'a.b.x', 'c.x', 'a.b'),
  port: fc.constantFrom(80, 8000),
  path: fc
    .tuple(prefixes, fc.constantFrom('', 'a', 'b', 'ab', '1', 'a/b', '/ab', 'é'))
    .map(([start, rest]) => Buffer.from(start + rest, 'utf8').toString('latin1')),
  sni: fc.constantFrom('', 's.x', 't.x'),
});
const headerLists = fc.array(
  fc.tuple(fc.constantFrom('h', 'k'), fc.constantFrom('1', '2', '3', '4')),
  { maxLength: 3 },
);

function compare(
  routes: readonly RouteRecord[],
  queries: readonly (readonly [Partial<RouteQuery>, readonly Header[]])[],
): void {
  const linear = new LinearRouter(routes);
  const router = buildRouterNow(routes.map((route) => ({ route, target: route.name! })));
  for (const [request, headers] of queries) {
    const query = routeQuery(request, headers);
    const { target, matchedLength } = matchOf(router, query);
    const found = target === null ? null : { name: target, length: matchedLength };
    assert.deepEqual(found, linear.find(query, headers), JSON.stringify([request, headers]));
  }
}

it('finds what trying every sub-route in order of priority finds', () => {
  const queries = fc.array(fc.tuple(requests, headerLists), { minLength: 20, maxLength: 60 });
  fc.assert(fc.property(routeSets, queries, compare), { numRuns: 300 });
});

it('finds the same among many routes of one path', () => {
  const crowded = routeSets.map((routes) =>
    routes.map((route, i) => (i % 4 === 0 ? route : { ...route, paths: ['/a'], hosts: ['a.x'] })),
  );
  const near = fc.record({
    method: fc.constantFrom('GET', 'POST', 'PUT', 'HEAD'),
    host: fc.constant('a.x'),
    path: fc.constantFrom('/a', '/ab', '/a/ab'),
  });
  const queries = fc.array(fc.tuple(near, headerLists), { minLength: 20, maxLength: 60 });
  fc.assert(fc.property(crowded, queries, compare), { numRuns: 150 });
});
