import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { checkedExpression } from '../../../entities/expression/judge-expression.ts';
import type { RouteRecord } from '../../../snapshot/records.ts';
import { buildRouterNow } from '../build-router.ts';
import { matchOf, routeQuery, routeRecord } from '../testing.ts';
import { headerLists, requests, routeSets } from '../testing/arbitraries.ts';
import { compileExpression } from './compile-expression.ts';
import { RequestFacts } from './request-facts.ts';

/** A route's criteria as an expression that means the same. */
function translated(route: RouteRecord): string {
  const quote = (text: string): string => `r#"${text}"#`;
  const one = (parts: readonly string[]): string => `(${parts.join(' || ')})`;
  const criteria: string[] = [];
  const { methods, hosts, paths, headers, snis } = route;
  if (methods !== undefined) criteria.push(one(methods.map((m) => `http.method == "${m}"`)));
  if (snis !== undefined) {
    criteria.push(one(['net.protocol != "https"', ...snis.map((sni) => `tls.sni == "${sni}"`)]));
  }
  if (hosts !== undefined) criteria.push(one(hosts.map(translatedHost)));
  if (paths !== undefined) {
    criteria.push(
      one(
        paths.map((path) =>
          path.startsWith('~')
            ? `http.path ~ ${quote(`^(?:${path.slice(1)})`)}`
            : `http.path ^= ${quote(path)}`,
        ),
      ),
    );
  }
  for (const [name, values] of Object.entries(headers ?? {})) {
    const field = `any(lower(http.headers.${name}))`;
    criteria.push(
      one(
        values.map((value) =>
          value.startsWith('~*') ? `${field} ~ ${quote(value.slice(2))}` : `${field} == "${value}"`,
        ),
      ),
    );
  }
  return criteria.length === 0 ? 'http.path ^= "/"' : criteria.join(' && ');
}

function translatedHost(pattern: string): string {
  const [host = '', port] = pattern.split(':');
  const name = host.startsWith('*')
    ? `http.host =^ "${host.slice(1)}"`
    : host.endsWith('*')
      ? `http.host ^= "${host.slice(0, -1)}"`
      : `http.host == "${host}"`;
  return port === undefined ? name : `(${name} && net.dst.port == ${port})`;
}

it('a route and the expression that its criteria are take the same requests', () => {
  fc.assert(
    fc.property(routeSets, requests, headerLists, (routes, request, headers) => {
      const query = routeQuery(request, headers);
      for (const route of routes) {
        const { id, name } = route;
        const expression = translated(route);
        const expressed = routeRecord({ id, name: name!, expression, priority: 0 });
        const [plain, other] = [route, expressed].map((each) =>
          matchOf(buildRouterNow([{ route: each, target: name! }]), query),
        );
        assert.equal(other!.target, plain!.target, `${expression} of ${JSON.stringify(request)}`);
      }
    }),
    { numRuns: 200 },
  );
});

it('the first by priority and id that holds is found, as by trying all of them', () => {
  const inputs = fc.tuple(routeSets, fc.infiniteStream(fc.nat(3))).map(([routes, priorities]) =>
    routes.map(({ id, name, ...route }) => ({
      id,
      name: name!,
      expression: translated({ id, ...route }),
      priority: priorities.next().value as number,
    })),
  );
  fc.assert(
    fc.property(inputs, requests, headerLists, (expressed, request, headers) => {
      const query = routeQuery(request, headers);
      const router = buildRouterNow(
        expressed.map((fields) => ({ route: routeRecord(fields), target: fields.name })),
      );
      const ranked = [...expressed].sort(
        (a, b) => b.priority - a.priority || (b.id > a.id ? 1 : -1),
      );
      const wanted = ranked.find(({ expression }) =>
        compileExpression(checkedExpression(expression, 'http'))(new RequestFacts(query)),
      );
      assert.equal(matchOf(router, query).target, wanted?.name ?? null);
    }),
    { numRuns: 1000 },
  );
});
