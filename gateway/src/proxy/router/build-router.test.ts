import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { RouteRecord } from '../../snapshot/records.ts';
import { buildRouter, buildRouterNow } from './build-router.ts';
import type { RouteQuery, Router } from './router.ts';
import { matchOf, routeQuery, routeRecord } from './testing.ts';

type Routes = Record<string, Partial<RouteRecord>>;
type Headers = [string, string][];

/** A router over named routes. Ids ascend in the order given unless a route has its own. */
function routerOf(routes: Routes): Router<string> {
  const inputs = Object.entries(routes).map(([name, fields], i) => ({
    route: routeRecord({ id: idOf(i), ...fields }),
    target: name,
  }));
  return buildRouterNow(inputs);
}

function idOf(n: number): string {
  return `00000000-0000-4000-8000-${n.toString(16).padStart(12, '0')}`;
}

function find(routes: Routes, query: Partial<RouteQuery>, headers: Headers = []): string | null {
  return matchOf(routerOf(routes), routeQuery(query, headers)).target;
}

describe('paths', () => {
  it('match as plain beginnings, not by segment', () => {
    assert.equal(find({ foo: { paths: ['/foo'] } }, { path: '/foobar' }), 'foo');
    assert.equal(find({ foo: { paths: ['/foo/'] } }, { path: '/foo' }), null);
  });

  it('match in their case', () => {
    assert.equal(find({ foo: { paths: ['/foo'] } }, { path: '/FOO' }), null);
  });

  it('prefer the longest', () => {
    const routes = { a: { paths: ['/a'] }, ab: { paths: ['/a/b'] }, root: { paths: ['/'] } };
    assert.equal(find(routes, { path: '/a/bc' }), 'ab');
    assert.equal(find(routes, { path: '/a/c' }), 'a');
    assert.equal(find(routes, { path: '/c' }), 'root');
  });

  it('are compared as bytes', () => {
    assert.equal(find({ cafe: { paths: ['/café'] } }, { path: '/caf\xc3\xa9/x' }), 'cafe');
  });

  it('prefer a regular expression to any prefix', () => {
    const routes = { long: { paths: ['/users/1/profile'] }, regex: { paths: ['~/users/\\d'] } };
    assert.equal(find(routes, { path: '/users/1/profile' }), 'regex');
  });

  it('prefer the regular expression of higher regex_priority', () => {
    const routes = {
      low: { paths: ['~/r/.*'], regex_priority: -1 },
      high: { paths: ['~/r'], regex_priority: 7 },
      none: { paths: ['~/r/x'] },
    };
    assert.equal(find(routes, { path: '/r/x' }), 'high');
    assert.equal(find({ low: routes.low, none: routes.none }, { path: '/r/x' }), 'none');
  });

  it('of one route have each the priority of their kind', () => {
    const routes = { many: { paths: ['/p', '/p/longer', '~/p/\\d+'] }, mid: { paths: ['/p/lon'] } };
    assert.equal(find(routes, { path: '/p/lo' }), 'many');
    assert.equal(find(routes, { path: '/p/long' }), 'mid');
    assert.equal(find(routes, { path: '/p/longer' }), 'many');
  });

  it('tell how much of the path matched', () => {
    const router = routerOf({ many: { paths: ['/p', '/p/longer', '~/r/\\d+'] } });
    for (const [path, length] of [
      ['/p/x', 2],
      ['/p/longer/x', 9],
      ['/r/12/x', 5],
    ] as const) {
      assert.equal(matchOf(router, routeQuery({ path })).matchedLength, length);
    }
  });

  it('give the expression that matched first in the order of the route', () => {
    const router = routerOf({ many: { paths: ['~/a/(?<one>\\d+)', '~/[a-z]/(?<two>.*)'] } });
    const captures = (path: string) =>
      matchOf(router, routeQuery({ path })).pattern?.captures(path) ?? {};
    assert.equal(captures('/a/12').one, '12');
    assert.equal(captures('/b/12').two, '12');
  });

  it('leave no expression in the result where a prefix won', () => {
    // The expression is tried first, since its host is named, and then outranked.
    const router = routerOf({
      regex: { paths: ['~/a/\\d$'], hosts: ['a.test', '*.b'] },
      p: { paths: ['/a'], methods: ['GET'], headers: { h: ['1'] }, snis: ['s.test'] },
    });
    const query = routeQuery({ path: '/a/1', host: 'a.test' }, [['h', '1']]);
    const result = matchOf(router, query);
    assert.equal(result.target, 'p');
    assert.equal(result.pattern, null);
    assert.equal(result.matchedLength, 2);
  });
});

describe('hosts', () => {
  it('match without regard to the case in which the route has them', () => {
    assert.equal(find({ up: { hosts: ['Upper.Test'] } }, { host: 'upper.test' }), 'up');
  });

  it('with a port want that port, without take any', () => {
    const routes = { any: { hosts: ['p.test'] }, port: { hosts: ['q.test:8000'] } };
    assert.equal(find(routes, { host: 'p.test', port: 1 }), 'any');
    assert.equal(find(routes, { host: 'q.test', port: 8000 }), 'port');
    assert.equal(find(routes, { host: 'q.test', port: 8001 }), null);
  });

  it('may be IPv6 addresses with a port', () => {
    assert.equal(find({ six: { hosts: ['[::1]:8000'] } }, { host: '[::1]', port: 8000 }), 'six');
  });

  it('may begin with a wildcard for any number of labels', () => {
    const routes = { left: { hosts: ['*.example.com'] } };
    assert.equal(find(routes, { host: 'a.b.example.com' }), 'left');
    assert.equal(find(routes, { host: '.example.com' }), 'left');
    assert.equal(find(routes, { host: 'example.com' }), null);
    assert.equal(find(routes, { host: 'a.example.com.evil' }), null);
  });

  it('may end with a wildcard', () => {
    const routes = { right: { hosts: ['example.*:8000'] } };
    assert.equal(find(routes, { host: 'example.co.uk' }), 'right');
    assert.equal(find(routes, { host: 'example.co.uk', port: 80 }), null);
    assert.equal(find(routes, { host: 'example' }), null);
  });

  it('prefer a plain name to a wildcard', () => {
    const routes = { plain: { hosts: ['a.test'] }, wild: { hosts: ['*.test', 'a.*'] } };
    assert.equal(find(routes, { host: 'a.test' }), 'plain');
    assert.equal(find(routes, { host: 'b.test' }), 'wild');
  });

  it('count as wildcards when one of them is', () => {
    const routes = { mixed: { hosts: ['a.test', '*.b'] }, path: { paths: ['/longer/path'] } };
    assert.equal(find(routes, { host: 'a.test', path: '/longer/path' }), 'path');
  });
});

describe('methods', () => {
  it('match exactly', () => {
    const routes = { purge: { methods: ['PURGE'] } };
    assert.equal(find(routes, { method: 'PURGE' }), 'purge');
    assert.equal(find(routes, { method: 'purge' }), null);
  });
});

describe('headers', () => {
  const version = { headers: { 'X-Version': ['v1', 'V2'] } };

  it('match names and values without regard to case', () => {
    assert.equal(find({ version }, {}, [['x-version', 'V1']]), 'version');
    assert.equal(find({ version }, {}, [['X-VERSION', 'v2']]), 'version');
  });

  it('take - and _ in names as the same', () => {
    assert.equal(find({ version }, {}, [['x_version', 'v1']]), 'version');
    assert.equal(find({ r: { headers: { x_y: ['1'] } } }, {}, [['X-Y', '1']]), 'r');
  });

  it('match when one of several lines does, but do not split lines', () => {
    const lines: Headers = [
      ['X-Version', 'v9'],
      ['X-Version', 'v1'],
    ];
    assert.equal(find({ version }, {}, lines), 'version');
    assert.equal(find({ version }, {}, [['X-Version', 'v9, v1']]), null);
  });

  it('must all be there', () => {
    const routes = { both: { headers: { a: ['1'], b: ['2'] } } };
    assert.equal(
      find(routes, {}, [
        ['a', '1'],
        ['b', '2'],
      ]),
      'both',
    );
    assert.equal(find(routes, {}, [['a', '1']]), null);
  });

  it('may be regular expressions, found anywhere in the value', () => {
    const routes = { token: { headers: { 'X-Token': ['~*B+c\\D'] } } };
    assert.equal(find(routes, {}, [['X-Token', 'aBBCx']]), 'token');
    assert.equal(find(routes, {}, [['X-Token', 'abc1']]), null);
  });

  it('compare text beyond ASCII without regard to case', () => {
    const routes = { city: { headers: { city: ['KÖLN'] } } };
    const value = Buffer.from('Köln', 'utf8').toString('latin1');
    assert.equal(find(routes, {}, [['city', value]]), 'city');
  });
});

describe('server names', () => {
  const routes = { sni: { snis: ['a.test.', '*.wild.test'] } };

  it('count for https only', () => {
    assert.equal(find(routes, { scheme: 'https', sni: 'a.test' }), 'sni');
    assert.equal(find(routes, { scheme: 'https', sni: 'b.test' }), null);
    assert.equal(find(routes, { scheme: 'http' }), 'sni');
  });

  it('may have a wildcard', () => {
    assert.equal(find(routes, { scheme: 'https', sni: 'x.wild.test' }), 'sni');
  });
});

describe('priority', () => {
  it('is higher for more kinds of criteria, however long the path of the other', () => {
    const routes = { path: { paths: ['/a/long/path'] }, two: { paths: ['/'], methods: ['GET'] } };
    assert.equal(find(routes, { path: '/a/long/path' }), 'two');
  });

  it('is higher for plain hosts than for more kinds of criteria without', () => {
    const routes = {
      host: { hosts: ['a.test'] },
      three: { hosts: ['*.test'], paths: ['/'], methods: ['GET'] },
    };
    assert.equal(find(routes, { host: 'a.test' }), 'host');
  });

  it('is higher for a regular expression than for more kinds of criteria without', () => {
    const routes = { regex: { paths: ['~/a'] }, two: { paths: ['/a/b'], methods: ['GET'] } };
    assert.equal(find(routes, { path: '/a/b' }), 'regex');
  });

  it('is highest for four kinds of criteria, whatever they are', () => {
    const headers: Headers = [['a', '1']];
    const four = { hosts: ['*.test'], paths: ['/'], methods: ['GET'], headers: { a: ['1'] } };
    const routes = { four, three: { hosts: ['a.test'], paths: ['~/'], methods: ['GET'] } };
    assert.equal(find(routes, { host: 'a.test' }, headers), 'four');
    assert.equal(find(routes, { host: 'a.test' }), 'three');
  });

  it('is higher for more headers', () => {
    const headers: Headers = [
      ['a', '1'],
      ['b', '2'],
    ];
    const routes = { two: { headers: { a: ['1'], b: ['2'] } }, one: { headers: { a: ['1'] } } };
    assert.equal(find(routes, {}, headers), 'two');
  });

  it('falls to the larger id between equals', () => {
    const routes = {
      small: { id: idOf(1), paths: ['/tie'] },
      big: { id: 'F0000000-0000-4000-8000-000000000001', paths: ['/tie'] },
      middle: { id: 'e0000000-0000-4000-8000-000000000001', paths: ['/tie'] },
    };
    assert.equal(find(routes, { path: '/tie' }), 'big');
  });
});

describe('many candidates of one host and path', () => {
  const tenants: Routes = {};
  for (let i = 0; i < 50; i++) {
    tenants[`tenant-${i}`] = { paths: ['/api'], headers: { 'X-Tenant': [`T-${i}`, `U-${i}`] } };
    tenants[`method-${i}`] = { paths: ['/api'], methods: [`M${i}`, 'POST'] };
    tenants[`end-${i}`] = { paths: [`~/api/[a-z]+/e${i}$`] };
  }
  tenants.rest = { paths: ['/api'] };
  const router = routerOf(tenants);
  const target = (query: Partial<RouteQuery>, headers: Headers = []) =>
    matchOf(router, routeQuery({ path: '/api', ...query }, headers)).target;

  it('are found by the value of a header', () => {
    assert.equal(target({}, [['x-tenant', 'u-37']]), 'tenant-37');
  });

  it('are found by method', () => {
    assert.equal(target({ method: 'M12' }), 'method-12');
    assert.equal(target({ method: 'POST' }), 'method-49');
  });

  it('are found by the end of an expression', () => {
    assert.equal(target({ path: '/api/x/e31' }), 'end-31');
  });

  it('leave the rest to the others', () => {
    assert.equal(target({}), 'rest');
  });
});

describe('buildRouter', () => {
  it('finds nothing without routes', () => {
    assert.equal(find({}, { path: '/' }), null);
  });

  it('leaves out routes of other protocols', () => {
    assert.equal(find({ tcp: { protocols: ['tcp'] } }, {}), null);
  });

  it('takes a route without criteria for every request', () => {
    assert.equal(find({ all: {} }, { host: 'a.test', path: '/x' }), 'all');
  });

  it('uses expressions of the router before again', () => {
    const inputs = [{ route: routeRecord({ id: idOf(1), paths: ['~/x/\\d'] }), target: 1 }];
    const query = routeQuery({ path: '/x/1' });
    const first = buildRouterNow(inputs);
    const second = buildRouterNow(inputs, first);
    assert.equal(matchOf(second, query).pattern, matchOf(first, query).pattern);
  });

  it('works in many steps', () => {
    const inputs = Array.from({ length: 1000 }, (_, i) => ({
      route: routeRecord({ id: idOf(i), paths: [`/${i}`, `/x/${i}`, `~/y/${i}`] }),
      target: i,
    }));
    const building = buildRouter(inputs);
    let steps = 0;
    while (building.next().done !== true) steps++;
    assert.ok(steps > 300, `${steps} steps`);
  });
});

describe('the router', () => {
  it('does not keep the last request that it saw', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const router = routerOf({ foo: { paths: ['/foo'] } });
    const seen = (): WeakRef<RouteQuery> => {
      const query = routeQuery({ path: '/foo' });
      assert.equal(matchOf(router, query).target, 'foo');
      return new WeakRef(query);
    };
    const query = seen();
    await new Promise(setImmediate);
    collectGarbage();
    assert.equal(query.deref(), undefined);
    assert.equal(matchOf(router, routeQuery({ path: '/foo' })).target, 'foo');
  });
});
