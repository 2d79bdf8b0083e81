import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { bundledPlugins } from '../../gateway/src/plugins/bundled.ts';
import { startGateway, type Gateway } from '../support/gateway.ts';
import { parseMetrics, total } from '../support/metrics.ts';
import { ALL_PROTOCOLS } from '../support/protocols.ts';
import { until } from '../support/until.ts';
import { authenticationRows, stopPeers, whoAsks } from './authentication-rows.ts';
import { CALLERS } from './callers.ts';
import { contentRows } from './content-rows.ts';
import { grpcService, Mirror } from './mirror.ts';
import { keyAuth } from './row.ts';
import { carol, trafficRows } from './traffic-rows.ts';

const rows = [...authenticationRows, ...trafficRows, ...contentRows];

describe('Plugins by protocol', () => {
  const routes = [...rows.map(({ route }) => route), 'counted'];
  const mirror = new Mirror(routes);
  let gateway: Gateway;

  before(async () => {
    await mirror.start();
    const http = routes.map((name) => ({ name, paths: [`/${name}`], plugins: pluginsOf(name) }));
    const grpc = routes.map((name) => ({
      name: `${name}-grpc`,
      protocols: ['grpc', 'grpcs'],
      paths: [`/${grpcService(name)}/`],
      plugins: pluginsOf(name),
    }));
    const host = '127.0.0.1';
    gateway = await startGateway({
      listen: ALL_PROTOCOLS,
      config: {
        _format_version: '3.0',
        ...whoAsks,
        consumers: [...whoAsks.consumers, carol],
        plugins: [{ name: 'prometheus', config: { per_consumer: true } }],
        services: [
          { name: 'mirror', protocol: 'http', host, port: mirror.httpPort, routes: http },
          { name: 'mirror-grpc', protocol: 'grpc', host, port: mirror.grpcPort, routes: grpc },
        ],
      },
    });
  });

  after(async () => {
    await stopPeers();
    mirror.stop();
    await gateway?.stop();
  });

  const pluginsOf = (route: string): readonly object[] =>
    rows.find((row) => row.route === route)?.plugins ?? [keyAuth];

  it('has a row for every plugin', () => {
    const rest = [...bundledPlugins.keys()].filter((name) => !routes.includes(name));
    // Its part is to have requests counted: see below.
    assert.deepEqual(rest, ['prometheus']);
  });

  for (const { route, check } of rows) {
    describe(route, () => {
      for (const caller of CALLERS) {
        it(`by ${caller.name}`, () =>
          check(
            (headers = {}, message) => caller.call(gateway.proxyPorts, route, headers, message),
            caller,
          ));
      }
    });
  }

  describe('prometheus and the access log', () => {
    for (const caller of CALLERS) {
      it(`by ${caller.name}`, async () => {
        const { grpc, passed, httpVersion, scheme } = caller;
        const name = grpc ? 'counted-grpc' : 'counted';
        const count = async (labels: Record<string, string>): Promise<number> => {
          const text = await (await gateway.fetchStatus('/metrics')).text();
          const metrics = parseMetrics(text);
          return total(metrics, 'kong_http_requests_total', { route: name, ...labels });
        };
        const right = { code: String(passed), consumer: 'alice', source: 'service' };
        const refused = { code: grpc ? '200' : '401', consumer: '', source: 'kong' };
        const before = [await count(right), await count(refused)];
        // Lines of other routes may still be on their way.
        const lines = (): Record<string, unknown>[] =>
          gateway.accessLines().filter((line) => line.route_name === name);
        const known = lines().length;
        await caller.call(gateway.proxyPorts, 'counted', { apikey: 'of-alice' });
        await caller.call(gateway.proxyPorts, 'counted', {});
        await until('both are counted', async () => {
          const now = [await count(right), await count(refused)];
          return now.every((value, i) => value === before[i]! + 1);
        });
        const told = await until('both are logged', () => {
          const fresh = lines().slice(known);
          return fresh.length >= 2 ? fresh : null;
        });
        const passing = told.find((line) => line.consumer_name === 'alice');
        const stopped = told.find((line) => line.consumer_name === null);
        for (const line of [passing, stopped]) {
          assert.equal(line?.http_version, httpVersion);
          assert.equal(line?.scheme, scheme);
          assert.equal((line?.tls ?? null) === null, scheme === 'http');
        }
        assert.equal(passing?.status, passed);
        assert.equal(passing?.source, 'upstream');
        assert.equal(stopped?.status, grpc ? 200 : 401);
        assert.equal(stopped?.reason, 'plugin:key-auth');
      });
    }
  });
});
