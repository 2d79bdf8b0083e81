import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RouteRecord } from '../../../snapshot/records.ts';
import { buildRouterNow } from '../build-router.ts';
import { IndexedRouter } from '../indexed-router.ts';
import type { RouteQuery, Router } from '../router.ts';
import { matchOf, routeQuery, routeRecord } from '../testing.ts';

function idOf(number: number): string {
  return `${number.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`;
}

/** A router of expressions and other routes; each is called by its place. */
function routerOf(...routes: (string | Partial<RouteRecord>)[]): Router<string> {
  return buildRouterNow(
    routes.map((given, index) => {
      const fields = typeof given === 'string' ? { expression: given } : given;
      return { route: routeRecord({ id: idOf(index), ...fields }), target: String(index) };
    }),
  );
}

function found(router: Router<string>, query: Partial<RouteQuery>): string | null {
  return matchOf(router, routeQuery(query)).target;
}

describe('routes with expressions', () => {
  it('are tried by priority, then by the larger id, and before all others', () => {
    const router = routerOf(
      { hosts: ['a.test'], paths: ['/a/b'], methods: ['GET'], headers: { x: ['1'] } },
      { expression: 'http.path ^= "/a"', priority: 1 },
      { expression: 'http.path ^= "/a/b"', priority: 2 ** 46 - 2 },
      { expression: 'http.method == "GET"', priority: 2 ** 46 - 1 },
      { expression: 'http.path ^= "/"', priority: 0 },
    );
    assert.equal(found(router, { path: '/a/b', method: 'GET' }), '3');
    assert.equal(found(router, { path: '/a/b', method: 'PUT' }), '2');
    assert.equal(found(router, { path: '/a/c', method: 'PUT' }), '1');
    assert.equal(found(router, { path: '/c', method: 'PUT' }), '4');
    const equal = routerOf('http.path ^= "/"', 'http.path ^= "/a"');
    assert.equal(found(equal, { path: '/a' }), '1');
  });

  it('go along with routes of criteria', () => {
    const router = routerOf('http.path == "/a"', { paths: ['/a'] });
    assert.equal(found(router, { path: '/a' }), '0');
    assert.equal(found(router, { path: '/a/b' }), '1');
  });

  it('for TLS alone are found without it too, so that the client can be told', () => {
    const expression = 'http.path == "/"';
    const https = routerOf({ expression, protocols: ['https'] });
    assert.equal(found(https, { scheme: 'http' }), '0');
    const http = routerOf({ expression, protocols: ['http'] });
    assert.equal(found(http, { scheme: 'https' }), null);
    const grpcs = routerOf({ expression, protocols: ['grpcs'] });
    assert.equal(found(grpcs, { scheme: 'https' }), '0');
    assert.equal(found(grpcs, { scheme: 'http' }), null);
  });

  it('keep what they matched apart from what others nearly matched', () => {
    const router = routerOf(
      { expression: 'http.path ^= "/a" && http.path.segments.len == 9', priority: 2 },
      { expression: 'http.path ^= "/a/b"', priority: 1 },
      { expression: 'http.path ~ "^/a/.*" && http.method == "PUT"', priority: 3 },
    );
    const result = matchOf(router, routeQuery({ path: '/a/b/c' }));
    assert.deepEqual([result.target, result.matchedLength, result.pattern], ['1', 4, null]);
  });

  it('are found among ten thousand without trying them', () => {
    const shapes = [
      (i: number) => `http.path ^= "/p${i}/"`,
      (i: number) => `http.method == "GET" && http.path == "/p${i}/x"`,
      (i: number) => `http.path ~ "^/p${i}/[a-z]+$" || http.path == "/p${i}"`,
      (i: number) => `http.host == "h${i}.test"`,
      (i: number) => `any(http.headers.key) == "k${i}"`,
    ];
    for (const shape of shapes) {
      const router = routerOf(...Array.from({ length: 10_000 }, (_, i) => shape(i)));
      const query = routeQuery({ path: '/p4711/x', host: 'h4711.test' }, [['Key', 'k4711']]);
      assert.ok(router instanceof IndexedRouter);
      const { tried } = watching(router, query);
      // A prefix may be one of another: `/p4` of `/p4711`.
      assert.ok(tried > 0 && tried <= 4, `${shape(0)}: ${tried} of 10,000 were tried`);
      assert.equal(matchOf(router, query).target, '4711');
    }
  });
});

/** How many routes were tried on a request. */
function watching(router: Router<string>, query: RouteQuery): { tried: number } {
  let tried = 0;
  const watched: RouteQuery = {
    ...query,
    // Every route looks at the scheme first.
    get scheme() {
      tried++;
      return query.scheme;
    },
  };
  matchOf(router, watched);
  return { tried };
}
