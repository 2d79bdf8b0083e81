import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MetricBlock, createMetricMemory } from '../shm/metric-block.ts';
import { MetricsCollector } from './exposition.ts';
import { exchangeRecord } from './exchange-record.fixture.ts';
import { createRequestMetrics, type ThreadMetrics } from './request-metrics.ts';
import { metricCells } from './series-allocator.ts';

interface Thread {
  readonly metrics: ThreadMetrics;
  /** Value of a sample, by its name and labels as they stand in the exposition. */
  readonly value: (sample: string) => number | undefined;
  readonly text: () => string;
}

function thread(options: { maxSeries?: number; perConsumer?: boolean } = {}): Thread {
  const { maxSeries = 100, perConsumer = false } = options;
  const memory = createMetricMemory(metricCells(maxSeries));
  const source = { threadIndex: 0, metrics: memory };
  const collector = new MetricsCollector();
  collector.attach(source);
  const metrics = createRequestMetrics(
    new MetricBlock(memory),
    (message) => collector.receive(source, message),
    { maxSeries, perConsumer },
  );
  const text = (): string => [...collector.render([])].join('');
  return {
    metrics,
    text,
    value(sample) {
      const line = text()
        .split('\n')
        .find((one) => one.startsWith(`${sample} `));
      return line === undefined ? undefined : Number(line.slice(sample.length + 1));
    },
  };
}

describe('request metrics', () => {
  it('counts requests by service, route, status and source under the names of Kong', () => {
    const { metrics, value } = thread();
    const series = metrics.series('shop', 'orders');
    metrics.count(series, exchangeRecord({ status: 200 }));
    metrics.count(series, exchangeRecord({ status: 200 }));
    metrics.count(series, exchangeRecord({ status: 503, source: 'gateway' }));
    const of = (code: number, source: string): string =>
      `kong_http_requests_total{service="shop",route="orders",code="${code}",source="${source}",workspace="default",consumer=""}`;
    assert.equal(value(of(200, 'service')), 2);
    assert.equal(value(of(503, 'kong')), 1);
  });

  it('keeps answers of the gateway apart from those of the upstream with the same status', () => {
    const { metrics, text } = thread();
    const series = metrics.series('shop', 'orders');
    metrics.count(series, exchangeRecord({ status: 503, source: 'upstream' }));
    metrics.count(series, exchangeRecord({ status: 503, source: 'gateway' }));
    assert.equal(text().match(/code="503"/g)?.length, 2);
  });

  it('adds up bytes in both directions', () => {
    const { metrics, value } = thread();
    const series = metrics.series('shop', 'orders');
    metrics.count(series, exchangeRecord({ bytesIn: 100, bytesOut: 2000 }));
    metrics.count(series, exchangeRecord({ bytesIn: 1, bytesOut: 2 }));
    const of = (direction: string): string =>
      `kong_bandwidth_bytes{service="shop",route="orders",direction="${direction}",workspace="default",consumer=""}`;
    assert.equal(value(of('ingress')), 101);
    assert.equal(value(of('egress')), 2002);
  });

  it('sorts latencies into the buckets of Kong, bounds included', () => {
    const { metrics, value } = thread();
    const series = metrics.series('shop', 'orders');
    for (const totalMs of [25, 25.1, 61_000]) {
      metrics.count(series, exchangeRecord({ totalMs, upstreamMs: 1, gatewayMs: 0.5 }));
    }
    const labels = 'service="shop",route="orders",workspace="default"';
    assert.equal(value(`kong_request_latency_ms_bucket{${labels},le="25"}`), 1);
    assert.equal(value(`kong_request_latency_ms_bucket{${labels},le="50"}`), 2);
    assert.equal(value(`kong_request_latency_ms_bucket{${labels},le="60000"}`), 2);
    assert.equal(value(`kong_request_latency_ms_bucket{${labels},le="+Inf"}`), 3);
    assert.equal(value(`kong_request_latency_ms_count{${labels}}`), 3);
    assert.equal(value(`kong_request_latency_ms_sum{${labels}}`), 61_050.1);
    assert.equal(value(`kong_kong_latency_ms_bucket{${labels},le="1"}`), 3);
  });

  it('has no upstream latency for requests that went to none', () => {
    const { metrics, text } = thread();
    metrics.count(metrics.series('shop', 'orders'), exchangeRecord({ upstreamMs: -1 }));
    assert.doesNotMatch(text(), /kong_upstream_latency_ms/);
  });

  it('names consumers only when asked to', () => {
    const { metrics, text } = thread();
    const series = metrics.series('shop', 'orders');
    metrics.count(series, exchangeRecord({ consumerName: 'alice' }));
    assert.doesNotMatch(text(), /alice/);
    metrics.setPerConsumer(true);
    metrics.count(series, exchangeRecord({ consumerName: 'alice' }));
    assert.match(text(), /kong_http_requests_total\{.*consumer="alice"\} 1\n/);
    assert.match(text(), /kong_bandwidth_bytes\{.*consumer="alice"\}/);
  });

  it('counts a consumer by route, whatever it kept of its last request', () => {
    const { metrics, text } = thread();
    metrics.setPerConsumer(true);
    const consumerMemo = { series: null };
    const record = exchangeRecord({ consumerName: 'alice', consumerMemo });
    const [orders, carts] = [metrics.series('shop', 'orders'), metrics.series('shop', 'carts')];
    for (const series of [orders, orders, carts, orders]) metrics.count(series, record);
    assert.match(text(), /kong_http_requests_total\{.*route="orders".*consumer="alice"\} 3\n/);
    assert.match(text(), /kong_http_requests_total\{.*route="carts".*consumer="alice"\} 1\n/);
  });

  it('goes on with the series of a route when its configuration changes', () => {
    const { metrics } = thread();
    assert.equal(metrics.series('shop', 'orders'), metrics.series('shop', 'orders'));
    assert.notEqual(metrics.series('a', 'b"c'), metrics.series('a"b', 'c'));
  });

  it('counts under overflow what is beyond the cap, and loses nothing', () => {
    const { metrics, value, text } = thread({ maxSeries: 3 });
    for (let n = 0; n < 10; n++) {
      metrics.count(metrics.series('shop', `route-${n}`), exchangeRecord({ bytesIn: 5 }));
    }
    const overflow = (labels: string[]): string =>
      labels.map((label) => `${label}="overflow"`).join(',');
    const requests = ['service', 'route', 'code', 'source', 'workspace', 'consumer'];
    assert.equal(value(`kong_http_requests_total{${overflow(requests)}}`), 7);
    const latency = overflow(['service', 'route', 'workspace']);
    assert.equal(value(`kong_request_latency_ms_count{${latency}}`), 7);
    assert.equal(text().match(/^kong_http_requests_total\{/gm)?.length, 4);
  });

  it('keeps nothing of consumers beyond the cap but their requests', () => {
    const { metrics, value } = thread({ maxSeries: 3, perConsumer: true });
    const series = metrics.series('shop', 'orders');
    for (let n = 0; n < 10; n++) {
      metrics.count(series, exchangeRecord({ consumerName: `consumer-${n}` }));
    }
    const labels = ['service', 'route', 'code', 'source', 'workspace', 'consumer']
      .map((label) => `${label}="overflow"`)
      .join(',');
    assert.equal(value(`kong_http_requests_total{${labels}}`), 7);
  });

  it('counts how calls of gRPC ended, by who said so, and no other request', () => {
    const { metrics, value, text } = thread();
    const series = metrics.series('shop', 'orders');
    metrics.count(series, exchangeRecord());
    assert.doesNotMatch(text(), /sluice_grpc_responses_total/);
    metrics.count(series, exchangeRecord({ grpcStatus: 0 }));
    metrics.count(series, exchangeRecord({ grpcStatus: 14 }));
    metrics.count(series, exchangeRecord({ grpcStatus: 14, source: 'gateway' }));
    metrics.count(series, exchangeRecord({ grpcStatus: 14, source: 'gateway' }));
    const of = (status: number, source: string): string =>
      `sluice_grpc_responses_total{service="shop",route="orders",grpc_status="${status}",source="${source}",workspace="default"}`;
    assert.equal(value(of(0, 'service')), 1);
    assert.equal(value(of(14, 'service')), 1);
    assert.equal(value(of(14, 'kong')), 2);
  });

  it('counts why the gateway answered itself, and errors of plugins', () => {
    const { metrics, value } = thread();
    const series = metrics.series('', '');
    metrics.count(series, exchangeRecord({ source: 'gateway', reason: 'no_route' }));
    metrics.count(series, exchangeRecord({ source: 'gateway', reason: 'no_route' }));
    metrics.pluginFailed('acl');
    assert.equal(value('sluice_gateway_answers_total{reason="no_route"}'), 2);
    assert.equal(value('sluice_plugin_errors_total{plugin="acl"}'), 1);
  });

  it('refuses a block that is in use or too small', () => {
    const used = new MetricBlock(createMetricMemory(1000));
    used.allocate(1);
    const options = { maxSeries: 1, perConsumer: false };
    assert.throws(() => createRequestMetrics(used, () => {}, options), /in use/);
    const small = new MetricBlock(createMetricMemory(20));
    assert.throws(() => createRequestMetrics(small, () => {}, options), RangeError);
  });
});
