import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { Gateway } from '../support/gateway.ts';
import { parseMetrics, total } from '../support/metrics.ts';
import { until } from '../support/until.ts';
import { unusedPort } from '../support/unused-port.ts';

import { configOf, greet, StreamSite, streamService } from './stream-site.ts';

/** Listeners are chosen before the configuration, so that routes can name their ports. */
async function portsFor(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await unusedPort());
  return [...ports];
}

describe('Streams find their route', () => {
  const site = new StreamSite();
  let gateway: Gateway;
  let first = 0;
  let second = 0;

  before(async () => {
    const one = await site.upstream(greet('one'));
    const two = await site.upstream(greet('two'));
    const near = await site.upstream(greet('near'));
    [first = 0, second = 0] = await portsFor(2);
    gateway = await site.gateway(
      `127.0.0.1:${first}, 127.0.0.1:${second}`,
      configOf(
        streamService('one', one.port, { destinations: [{ port: first }] }),
        streamService('two', two.port, {
          destinations: [{ ip: '127.0.0.0/8', port: second }],
        }),
        streamService('near', near.port, { sources: [{ ip: '127.0.0.2' }] }),
      ),
    );
  });

  it('by the port that they come to', async () => {
    assert.equal(await site.exchange(first, 'hello'), 'one\nhello');
    assert.equal(await site.exchange(second, 'hello'), 'two\nhello');
  });

  it('by the address that they come from, which counts for more', async () => {
    const { socket, bytes } = await site.connect(first, '127.0.0.2');
    assert.equal((await bytes.readBytes(5, 'the greeting')).toString(), 'near\n');
    socket.destroy();
  });

  it('and leave a line in the access log', async () => {
    const { socket } = await site.connect(first);
    const clientPort = socket.localPort;
    socket.end('four');
    const line = await gateway.accessLine(({ client_port }) => client_port === clientPort);
    const { time, session_id, total_ms, connect_ms, route_id, service_id, upstream_address } = line;
    assert.match(String(time), /^\d{4}-.*Z$/);
    assert.match(String(session_id), /^[0-9a-f]{32}$/);
    assert.match(String(upstream_address), /^127\.0\.0\.1:\d+$/);
    assert.ok(Number(total_ms) >= Number(connect_ms) && Number(connect_ms) > 0);
    assert.deepEqual(line, {
      ...{ time, session_id, revision: 1, client_ip: '127.0.0.1', client_port: clientPort },
      ...{ server_port: first, protocol: 'tcp', sni: null, tls: null, route_id },
      ...{ route_name: 'one', service_id, service_name: 'one', bytes_in: 4, bytes_out: 8 },
      ...{ total_ms, connect_ms, tries: 1, upstream_address, status: 200 },
      ...{ reason: 'completed', ended_by: 'client' },
    });
  });

  it('and are counted by it', async () => {
    const metrics = async () => parseMetrics(await (await gateway.fetchStatus('/metrics')).text());
    const labels = { route: 'two', service: 'two' };
    const before = await metrics();
    await site.exchange(second, 'hello');
    await until('the stream is counted', async () => {
      const now = await metrics();
      const grown = (name: string, more: Record<string, string> = {}): number =>
        total(now, name, { ...labels, ...more }) - total(before, name, { ...labels, ...more });
      return (
        grown('kong_stream_sessions_total', { code: '200', source: 'service' }) === 1 &&
        grown('kong_bandwidth_bytes', { direction: 'ingress' }) === 5 &&
        grown('kong_bandwidth_bytes', { direction: 'egress' }) === 9 &&
        grown('kong_session_duration_ms_count') === 1 &&
        total(now, 'sluice_stream_sessions') === 0
      );
    });
  });
});

describe('A stream without a route', () => {
  const site = new StreamSite();

  it('is closed at once, told of and counted', async () => {
    const port = await unusedPort();
    const config = configOf(streamService('other', 9, { destinations: [{ port: 1 }] }));
    const gateway = await site.gateway(`127.0.0.1:${port}`, config);
    const { socket, bytes } = await site.connect(port);
    socket.write('anything');
    assert.equal((await bytes.readToEnd('the end').catch(() => Buffer.alloc(0))).length, 0);
    const line = await gateway.accessLine(({ reason }) => reason === 'no_route');
    assert.deepEqual([line['status'], line['tries'], line['bytes_in']], [404, 0, 0]);
    const metrics = parseMetrics(await (await gateway.fetchStatus('/metrics')).text());
    assert.equal(total(metrics, 'sluice_stream_ends_total', { reason: 'no_route' }), 1);
    assert.equal(total(metrics, 'kong_stream_sessions_total', { code: '404', source: 'kong' }), 1);
  });
});

describe('A stream that leads nowhere', () => {
  const site = new StreamSite();
  const cases: [reason: string, status: number, route: object, service: object][] = [
    ['no_peer', 503, {}, { host: 'empty' }],
    ['name_resolution', 503, {}, { host: 'nowhere.invalid' }],
    ['no_service', 503, { service: null }, {}],
  ];
  for (const [reason, status, , service] of cases) {
    it(`is closed and told of: ${reason}`, async () => {
      const port = await unusedPort();
      const route = { destinations: [{ port }] };
      const config =
        reason === 'no_service'
          ? { _format_version: '3.0', routes: [{ name: 'r', protocols: ['tcp'], ...route }] }
          : { ...configOf(streamService('s', 9, route, service)), upstreams: [{ name: 'empty' }] };
      const gateway = await site.gateway(`127.0.0.1:${port}`, config);
      const { socket } = await site.connect(port);
      socket.on('error', () => undefined);
      const line = await gateway.accessLine((found) => found['reason'] === reason);
      assert.equal(line['status'], status);
    });
  }
});
