import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, afterEach, beforeEach, describe, it } from 'node:test';
import { OperatorError } from '../../errors.ts';
import { SharedCounterTable, createCounterMemory } from '../../shm/counter-table.ts';
import { MetricBlock, createMetricMemory } from '../../shm/metric-block.ts';
import { createHealthMemory } from '../../shm/target-health.ts';
import { exchangeRecord } from '../../telemetry/exchange-record.fixture.ts';
import { MetricsCollector } from '../../telemetry/exposition.ts';
import { createRequestMetrics } from '../../telemetry/request-metrics.ts';
import { metricCells } from '../../telemetry/series-allocator.ts';
import type { GatewayLog } from '../gateway-log.ts';
import { TargetStates } from '../health/target-states.ts';
import { NodeReports } from '../node-reports.ts';
import { StatusServer, type StatusServerParts } from './status-server.ts';
import type { NodeStatus } from './status-source.ts';
import { plainListen, portOf } from '../../settings/listen-kinds.ts';

const errors: string[] = [];
const log: GatewayLog = {
  debug() {},
  info() {},
  warn() {},
  error: (message) => errors.push(message),
};

const serving: NodeStatus = {
  version: '1.2.3',
  nodeId: '7f2d3c1a-0000-4000-8000-000000000001',
  startedAt: Date.now() - 5000,
  listen: [plainListen({ host: '127.0.0.1', port: 8000 })],
  streamListen: [plainListen({ host: '127.0.0.1', port: 5432 })],
  adminListen: [],
  statusListen: [plainListen({ host: '127.0.0.1', port: 8007 })],
  served: { revision: 4, hash: 'a'.repeat(32) },
  pendingRevision: null,
  threads: [
    { index: 0, state: 'running', revision: 4, restarts: 0 },
    { index: 1, state: 'running', revision: 4, restarts: 2 },
  ],
  lastReload: { time: Date.UTC(2026, 0, 1), ok: true, errors: [] },
  lastSuccess: Date.UTC(2026, 0, 1),
  reloadFailures: 0,
  notReady: null,
  store: null,
  warnings: [],
  certificates: [],
};

describe('status listener', () => {
  const counters = createCounterMemory(64);
  const collector = new MetricsCollector();
  const tables = (): null => null;
  const targets = new TargetStates({ memory: createHealthMemory(64), tables });
  const source = { threadIndex: 0, metrics: createMetricMemory(metricCells(500)) };
  const metrics = createRequestMetrics(
    new MetricBlock(source.metrics),
    (message) => collector.receive(source, message),
    { maxSeries: 500, perConsumer: false },
  );
  let status: NodeStatus;
  let answer: () => NodeStatus;
  let server: StatusServer;

  beforeEach(async () => {
    status = serving;
    answer = () => status;
    server = await StatusServer.open(plainListen({ host: '127.0.0.1', port: 0 }), parts());
  });
  afterEach(() => server.close());

  metrics.connectionOpened();
  metrics.connectionOpened();
  metrics.connectionClosed();
  metrics.count(metrics.series('shop', 'orders'), exchangeRecord());
  metrics.sample({ upstreamOpen: 3, upstreamIdle: 2, requestsInFlight: 0, logLinesDropped: 5 });
  const table = new SharedCounterTable(counters);
  table.take(table.scope('a').ofText('b'), [1], [0], [Date.now() + 1e6], Date.now(), []);

  function parts(): StatusServerParts {
    const source = { status: () => answer() };
    const reports = new NodeReports({ source, collector, counters, targets, tables });
    return { source, reports, log };
  }

  function get(path: string, method = 'GET'): Promise<Response> {
    return fetch(`http://127.0.0.1:${portOf(server.listen)}${path}`, { method });
  }

  async function body(path: string): Promise<Record<string, unknown>> {
    return (await (await get(path)).json()) as Record<string, unknown>;
  }

  it('tells what every proxy thread serves', async () => {
    const report = await body('/status');
    assert.equal(report.revision, 4);
    assert.equal(report.configuration_hash, 'a'.repeat(32));
    assert.equal(report.pending_revision, null);
    assert.equal(report.version, '1.2.3');
    assert.deepEqual(report.listen, ['127.0.0.1:8000']);
    assert.deepEqual(report.stream_listen, ['127.0.0.1:5432']);
    assert.deepEqual(report.admin_listen, []);
    assert.deepEqual(report.status_listen, ['127.0.0.1:8007']);
    assert.deepEqual(report.threads, serving.threads);
    assert.deepEqual(report.last_reload, {
      time: '2026-01-01T00:00:00.000Z',
      ok: true,
      errors: [],
    });
    assert.ok((report.uptime as number) >= 5);
  });

  it('has the hash of nothing while there is no configuration', async () => {
    status = { ...serving, served: null, lastReload: null };
    const report = await body('/status');
    assert.equal(report.configuration_hash, '0'.repeat(32));
    assert.equal(report.revision, 0);
    assert.equal(report.last_reload, null);
  });

  it('gives connections and memory in the shape of Kong', async () => {
    const report = await body('/status');
    assert.deepEqual(report.server, {
      connections_accepted: 2,
      connections_handled: 2,
      connections_active: 1,
      connections_reading: 0,
      connections_writing: 0,
      connections_waiting: 1,
      total_requests: 1,
    });
    const memory = report.memory as { workers_lua_vms: { http_allocated_gc: string }[] };
    assert.match(memory.workers_lua_vms[0]!.http_allocated_gc, /^\d+\.\d\d MiB$/);
  });

  it('writes amounts of memory in the unit and with the decimals that are asked for', async () => {
    async function counters(query: string): Promise<unknown> {
      const { memory } = (await body(`/status?${query}`)) as {
        memory: { lua_shared_dicts: Record<string, { capacity: unknown }> };
      };
      return memory.lua_shared_dicts.sluice_counters?.capacity;
    }
    assert.equal(await counters('unit=b'), 1024);
    assert.equal(await counters('unit=k&scale=1'), '1.0 KiB');
    assert.equal(await counters('unit=K&scale=x'), '1.00 KiB');
  });

  it('refuses a unit that there is not, and decimals below 0', async () => {
    const unit = await get('/status?unit=zz');
    assert.equal(unit.status, 400);
    assert.deepEqual(await unit.json(), {
      message: "invalid unit 'zz' (expected 'k/K', 'm/M', or 'g/G')",
    });
    assert.equal((await get('/status?scale=-1')).status, 400);
  });

  it('tells how the store is, unless the configuration comes from a file', async () => {
    assert.equal('database' in (await body('/status')), false);
    status = {
      ...serving,
      store: {
        kind: 'postgres',
        reachable: false,
        problem: 'connection refused',
        since: Date.UTC(2026, 0, 1),
        revision: 7,
        source: 'snapshot',
        foreign: false,
        lastSync: null,
      },
    };
    const { database, store } = await body('/status');
    assert.deepEqual(database, { reachable: false, problem: 'connection refused' });
    assert.deepEqual(store, {
      kind: 'postgres',
      reachable: false,
      problem: 'connection refused',
      revision: 7,
      source: 'snapshot',
      foreign: false,
      since: '2026-01-01T00:00:00.000Z',
      last_sync: null,
    });
  });

  it('is alive even while it is not ready', async () => {
    status = { ...serving, notReady: 'draining' };
    assert.equal((await get('/status/live')).status, 200);
  });

  it('is ready, or says why not', async () => {
    const ready = await get('/status/ready');
    assert.equal(ready.status, 200);
    assert.deepEqual(await ready.json(), { message: 'ready' });
    for (const notReady of [
      'no configuration available',
      'threads starting',
      'draining',
    ] as const) {
      status = { ...serving, notReady };
      const response = await get('/status/ready');
      assert.equal(response.status, 503);
      assert.deepEqual(await response.json(), { message: notReady });
    }
  });

  it('exposes metrics of threads, node and process', async () => {
    const response = await get('/metrics');
    assert.equal(response.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
    const text = await response.text();
    const node = `node_id="${serving.nodeId}"`;
    for (const line of [
      `kong_node_info{${node},version="1.2.3"} 1`,
      `kong_nginx_connections_total{${node},subsystem="http",state="accepted"} 2`,
      `kong_nginx_connections_total{${node},subsystem="http",state="active"} 1`,
      `kong_nginx_requests_total{${node},subsystem="http"} 1`,
      'kong_http_requests_total{service="shop",route="orders",code="200",source="service",workspace="default",consumer=""} 1',
      'sluice_connections{side="upstream",state="active"} 1',
      'sluice_threads{state="running"} 2',
      'sluice_thread_restarts_total{thread="1"} 2',
      'sluice_configuration_revision 4',
      'sluice_configuration_last_reload_successful 1',
      'sluice_log_lines_dropped_total 5',
      'sluice_counter_slots_used 1',
    ]) {
      assert.ok(text.includes(`\n${line}\n`), `${line} is missing in\n${text}`);
    }
    const types = text.match(/^# TYPE \S+/gm)!;
    assert.equal(new Set(types).size, types.length);
  });

  it('answers HEAD without a body', async () => {
    for (const path of ['/status', '/status/ready', '/metrics']) {
      const response = await get(path, 'HEAD');
      assert.equal(response.status, 200);
      assert.equal(await response.text(), '');
    }
  });

  it('takes a query and a closing slash', async () => {
    assert.equal((await get('/status/?unit=m')).status, 200);
  });

  it('knows no other path and no other method', async () => {
    const unknown = await get('/services');
    assert.equal(unknown.status, 404);
    assert.deepEqual(await unknown.json(), { message: 'Not found' });
    const method = await get('/status', 'DELETE');
    assert.equal(method.status, 405);
    assert.equal(method.headers.get('allow'), 'GET, HEAD');
    assert.deepEqual(await method.json(), { message: 'Method not allowed' });
  });

  it('logs an error of its own and answers 500', async () => {
    answer = () => {
      throw new Error('out of order');
    };
    const response = await get('/status');
    assert.equal(response.status, 500);
    assert.deepEqual(await response.json(), { message: 'An unexpected error occurred' });
    assert.match(errors.at(-1)!, /out of order/);
  });

  it('closes though somebody stopped reading a large answer', async () => {
    for (let n = 0; n < 490; n++) metrics.count(metrics.series('s', `${n}`), exchangeRecord());
    const socket = connect(portOf(server.listen), '127.0.0.1');
    after(() => socket.destroy());
    await once(socket, 'connect');
    for (let n = 0; n < 20; n++) socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(socket, 'readable');
    await server.close();
    server = await StatusServer.open(plainListen({ host: '127.0.0.1', port: 0 }), parts());
  });

  it('says what to do when its address is taken', async () => {
    await assert.rejects(StatusServer.open(server.listen, parts()), (error) => {
      assert.ok(error instanceof OperatorError);
      assert.match(error.message, /in use/);
      assert.match(error.help!, /--status-listen/);
      return true;
    });
  });
});
