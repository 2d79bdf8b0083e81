import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import type { RouteRecord } from '../../snapshot/records.ts';
import { buildRouterNow } from './build-router.ts';
import type { RouteQuery } from './router.ts';
import { matchOf, routeQuery } from './testing.ts';
import { headerLists, requests, routeSets } from './testing/arbitraries.ts';
import { LinearRouter } from './testing/linear-router.ts';
import type { Header } from './testing/linear-router.ts';

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
