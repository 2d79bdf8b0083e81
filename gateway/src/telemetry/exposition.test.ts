import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Counter, Histogram, Registry } from 'prom-client';
import { MetricBlock, createMetricMemory } from '../shm/metric-block.ts';
import { exchangeRecord } from './exchange-record.fixture.ts';
import { MetricsCollector, type MetricSource } from './exposition.ts';
import { bandwidthFamily, gatewayLatencyFamily, requestsFamily } from './metric-families.ts';
import { createRequestMetrics, type ThreadMetrics } from './request-metrics.ts';
import { metricCells } from './series-allocator.ts';

const gauges = { upstreamOpen: 3, upstreamIdle: 2, requestsInFlight: 1, logLinesDropped: 4 };

function start(
  collector: MetricsCollector,
  threadIndex: number,
): { source: MetricSource; metrics: ThreadMetrics } {
  const memory = createMetricMemory(metricCells(100));
  const source = { threadIndex, metrics: memory };
  collector.attach(source);
  const metrics = createRequestMetrics(
    new MetricBlock(memory),
    (message) => collector.receive(source, message),
    { maxSeries: 100, perConsumer: true },
  );
  return { source, metrics };
}

function render(collector: MetricsCollector): string {
  return [...collector.render([])].join('');
}

/** Sample lines of a family, in an order that does not depend on who wrote them. */
function samples(text: string, family: string): string[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith(family))
    .map((line) => {
      const [, name, labels, value] = /^(\w+)\{(.*)\} (\S+)$/.exec(line)!;
      const pairs = labels!.match(/\w+="(?:[^"\\]|\\.)*"/g)!;
      return `${name}{${pairs.sort().join(',')}} ${value}`;
    })
    .sort();
}

describe('exposition', () => {
  it('says what prom-client says of the same observations', async () => {
    const collector = new MetricsCollector();
    const { metrics } = start(collector, 0);
    const register = new Registry();
    const of = ({ name, help, labels }: typeof requestsFamily) => ({
      name,
      help,
      labelNames: [...labels],
      registers: [register],
    });
    const requests = new Counter(of(requestsFamily));
    const bytes = new Counter(of(bandwidthFamily));
    const latency = new Histogram({
      ...of(gatewayLatencyFamily),
      buckets: [...gatewayLatencyFamily.buckets],
    });
    const names = ['plain', 'quo"te', 'back\\slash', 'line\nfeed', 'ümläut 😀', ''];
    names.forEach((name, i) => {
      const record = exchangeRecord({
        consumerName: name,
        status: 200 + i,
        gatewayMs: i * 1.5,
        bytesIn: 10 * i,
        bytesOut: 0.5,
      });
      metrics.count(metrics.series(name, 'r'), record);
      const labels = { service: name, route: 'r', workspace: 'default' };
      requests.inc({ ...labels, code: 200 + i, source: 'service', consumer: name });
      bytes.inc({ ...labels, direction: 'ingress', consumer: name }, 10 * i);
      bytes.inc({ ...labels, direction: 'egress', consumer: name }, 0.5);
      latency.observe(labels, i * 1.5);
    });
    const expected = await register.metrics();
    const text = render(collector);
    for (const { name } of [requestsFamily, bandwidthFamily, gatewayLatencyFamily]) {
      assert.ok(samples(text, name).length > names.length - 1);
      assert.deepEqual(samples(text, name), samples(expected, name));
    }
  });

  it('adds up the threads', () => {
    const collector = new MetricsCollector();
    for (const index of [0, 1, 2]) {
      const { metrics } = start(collector, index);
      metrics.count(metrics.series('s', 'r'), exchangeRecord());
      metrics.connectionOpened();
    }
    assert.match(render(collector), /^kong_http_requests_total\{.*\} 3$/m);
    assert.equal(collector.total('requests'), 3);
    assert.equal(collector.total('connectionsOpen'), 3);
  });

  it('keeps what a thread counted when it ends, but not its gauges', () => {
    const collector = new MetricsCollector();
    const first = start(collector, 0);
    first.metrics.count(first.metrics.series('s', 'r'), exchangeRecord({ gatewayMs: 3 }));
    first.metrics.connectionOpened();
    first.metrics.sample(gauges);
    const before = render(collector);
    collector.retire(first.source);
    assert.equal(render(collector), before);
    assert.equal(collector.total('connectionsAccepted'), 1);
    assert.equal(collector.total('connectionsOpen'), 0);
    assert.equal(collector.total('upstreamOpen'), 0);
    assert.equal(collector.total('logLinesDropped'), 4);

    const second = start(collector, 0);
    second.metrics.count(second.metrics.series('s', 'r'), exchangeRecord({ gatewayMs: 3 }));
    assert.match(render(collector), /^kong_http_requests_total\{.*\} 2$/m);
    assert.match(render(collector), /^kong_kong_latency_ms_sum\{.*\} 6$/m);
  });

  it('counts a series whose message arrives after the end of its thread', () => {
    const collector = new MetricsCollector();
    const memory = createMetricMemory(metricCells(10));
    const source = { threadIndex: 0, metrics: memory };
    collector.attach(source);
    const messages: Parameters<MetricsCollector['receive']>[1][] = [];
    const metrics = createRequestMetrics(
      new MetricBlock(memory),
      (message) => messages.push(message),
      {
        maxSeries: 10,
        perConsumer: false,
      },
    );
    metrics.count(metrics.series('s', 'r'), exchangeRecord());
    collector.retire(source);
    for (const message of messages) collector.receive(source, message);
    assert.match(render(collector), /^kong_http_requests_total\{.*\} 1$/m);
  });

  it('tells threads apart that have the same index for a while', () => {
    const collector = new MetricsCollector();
    const leaving = start(collector, 0);
    const coming = start(collector, 0);
    leaving.metrics.connectionOpened();
    coming.metrics.connectionOpened();
    assert.deepEqual([...collector.byThread('connectionsOpen')], [[0, 2]]);
    collector.retire(leaving.source);
    assert.deepEqual([...collector.byThread('connectionsOpen')], [[0, 1]]);
  });

  it('comes in pieces that together are the whole', () => {
    const collector = new MetricsCollector();
    const { metrics } = start(collector, 0);
    for (let n = 0; n < 90; n++) metrics.count(metrics.series('s', `r${n}`), exchangeRecord());
    const pieces = [...collector.render([])];
    assert.ok(pieces.length > 1);
    const text = pieces.join('');
    assert.equal(text.match(/^# TYPE kong_http_requests_total counter$/gm)?.length, 1);
    assert.equal(text.match(/^kong_http_requests_total\{/gm)?.length, 90);
    assert.ok(text.endsWith('\n'));
  });

  it('leaves out metrics that nothing was counted for', () => {
    assert.equal(render(new MetricsCollector()), '');
  });
});
