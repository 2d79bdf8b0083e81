import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import type { RouteRecord } from '../../snapshot/records.ts';
import { buildRouterNow, updateRouterNow } from './build-router.ts';
import { IndexedRouter } from './indexed-router.ts';
import type { RouteQuery, Router, RouterInput } from './router.ts';
import { matchOf, routeQuery } from './testing.ts';
import { headerLists, requests, routeFields, routeOf } from './testing/arbitraries.ts';
import { LinearRouter } from './testing/linear-router.ts';
import type { Header } from './testing/linear-router.ts';

type Query = readonly [Partial<RouteQuery>, readonly Header[]];
type Routes = ReadonlyMap<string, RouteRecord>;

/** So many routes at most, by their slot; a slot keeps its id. */
const SLOTS = 24;
/** Steps of one update: what a slot is to hold, or null for nothing. */
const crowded = routeFields.map((fields) => ({ ...fields, paths: ['/a'], hosts: ['a.x'] }));
const update = fc.array(
  fc.tuple(
    fc.nat(SLOTS - 1),
    fc.option(fc.oneof(routeFields, { arbitrary: crowded, weight: 2 }), { freq: 3 }),
  ),
  { minLength: 1, maxLength: 6 },
);
const first = fc.array(fc.oneof(routeFields, crowded), { minLength: 12, maxLength: SLOTS });
const queries = fc.array(fc.tuple(requests, headerLists), { minLength: 10, maxLength: 30 });

/** What the property looks at after each update. */
interface Version {
  readonly router: Router<string>;
  readonly routes: Routes;
}

function slotId(slot: number): string {
  return `${(slot * 7 + 1).toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`;
}

function inputOf(route: RouteRecord): RouterInput<string> {
  return { route, target: route.name! };
}

function updated({ router, routes }: Version, steps: ReadonlyMap<number, object | null>): Version {
  const next = new Map(routes);
  const changes = { added: [] as RouterInput<string>[], removed: [] as RouterInput<string>[] };
  for (const [slot, fields] of steps) {
    const id = slotId(slot);
    const before = next.get(id);
    if (before !== undefined) changes.removed.push(inputOf(before));
    if (fields === null) next.delete(id);
    else {
      const route = routeOf(id, `r${slot}`, fields);
      next.set(id, route);
      changes.added.push(inputOf(route));
    }
  }
  const inputs = [...next.values()].map(inputOf);
  return { router: updateRouterNow(router, changes, inputs), routes: next };
}

function assertFindsTheSame({ router, routes }: Version, asked: readonly Query[]): void {
  const linear = new LinearRouter([...routes.values()]);
  const fresh = buildRouterNow([...routes.values()].map(inputOf));
  for (const [request, headers] of asked) {
    const query = routeQuery(request, headers);
    const found = matchOf(router, query);
    const wanted = matchOf(fresh, query);
    assert.deepEqual(
      [found.target, found.matchedLength, found.pattern?.source],
      [wanted.target, wanted.matchedLength, wanted.pattern?.source],
    );
    const reference = linear.find(query, headers);
    assert.deepEqual(found.target, reference?.name ?? null, JSON.stringify([request, headers]));
  }
}

/** Sizes that do not depend on what was there before, and those that may be larger by a factor. */
function sizesOf(router: Router<string>): { exact: object; hosts: number; slots: number } {
  assert.ok(router instanceof IndexedRouter);
  const { routes, patterns, hosts, levels, hostsInUse, candidates } = router.index;
  const lengths = levels.map((each) => each?.length ?? 0);
  const exact = {
    routes,
    hostsInUse,
    patterns: patterns.size,
    places: candidates.size,
    lengths: lengths.filter((length) => length > 0).sort(),
  };
  return { exact, hosts: Math.max(hosts.size, levels.length), slots: candidates.capacity };
}

function assertNoLarger(router: Router<string>, routes: Routes): void {
  const ours = sizesOf(router);
  const fresh = sizesOf(buildRouterNow([...routes.values()].map(inputOf)));
  assert.deepEqual(ours.exact, fresh.exact);
  assert.ok(ours.hosts <= 64 + 3 * fresh.hosts, `${ours.hosts} host patterns`);
  // A table becomes smaller with the update after the one that emptied it.
  assert.ok(ours.slots <= 256 + 8 * fresh.slots, `${ours.slots} slots`);
}

it('finds after any updates what a router finds that is built anew, as do all versions before', () => {
  fc.assert(
    fc.property(first, fc.array(update, { maxLength: 8 }), queries, (start, updates, asked) => {
      const empty = { router: buildRouterNow<string>([]), routes: new Map<string, RouteRecord>() };
      const versions = [updated(empty, new Map(start.map((fields, slot) => [slot, fields])))];
      for (const steps of updates) versions.push(updated(versions.at(-1)!, new Map(steps)));
      for (const version of versions) {
        assertFindsTheSame(version, asked);
        assertNoLarger(version.router, version.routes);
      }
    }),
    { numRuns: 150 },
  );
});

it('is no larger after a thousand updates than a router that is built anew', () => {
  let version: Version = { router: buildRouterNow<string>([]), routes: new Map() };
  for (let n = 0; n < 1000; n++) {
    // Among 400 routes one leaves as one comes, each with texts of its own.
    const fields = {
      paths: [`/${n}`, `~/${'x'.repeat(n % 50)}/${n}/\\d`, ...(n % 3 === 0 ? ['/shared'] : [])],
      hosts: [`h${n}.x`, `*.w${n}.x`, `h${n % 10}.x:80`],
      ...(n % 2 === 0 ? { headers: { h: [`v${n}`] } } : { methods: ['GET', 'POST'] }),
    };
    const steps = new Map<number, object | null>([[n, fields]]);
    if (n >= 400) steps.set(n - 400, null);
    version = updated(version, steps);
  }
  assert.equal(version.routes.size, 400);
  assertNoLarger(version.router, version.routes);
  const query = routeQuery({ host: 'h999.x', path: '/999' });
  assert.equal(matchOf(version.router, query).target, 'r999');
});
