import { MetricBlock, createMetricMemory } from '../../gateway/src/shm/metric-block.ts';
import { formatAccessLine } from '../../gateway/src/telemetry/access-log.ts';
import { exchangeRecord } from '../../gateway/src/telemetry/exchange-record.fixture.ts';
import { MetricsCollector } from '../../gateway/src/telemetry/exposition.ts';
import { createRequestMetrics } from '../../gateway/src/telemetry/request-metrics.ts';
import { metricCells } from '../../gateway/src/telemetry/series-allocator.ts';

/** Cost of counting and logging one request, best of many rounds, and of one scrape. */

const ROUNDS = 20;
const REQUESTS = 100_000;
const ROUTES = 10_000;

function best(work: () => void): number {
  let least = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.hrtime.bigint();
    work();
    least = Math.min(least, Number(process.hrtime.bigint() - start));
  }
  return least;
}

const memory = createMetricMemory(metricCells(ROUTES));
const source = { threadIndex: 0, metrics: memory };
const collector = new MetricsCollector();
collector.attach(source);
const metrics = createRequestMetrics(
  new MetricBlock(memory),
  (message) => collector.receive(source, message),
  { maxSeries: ROUTES, perConsumer: false },
);
const records = [200, 200, 404, 201].map((status, i) =>
  exchangeRecord({ status, totalMs: 3.25 + i * 20, upstreamMs: 2.5 + i * 20, gatewayMs: 0.25 }),
);
const routes = Array.from({ length: ROUTES }, (_, i) => metrics.series('service', `route-${i}`));

const count = best(() => {
  for (let i = 0; i < REQUESTS; i++) metrics.count(routes[i % 50]!, records[i % 4]!);
});
console.log(`count one request       ${(count / REQUESTS).toFixed(0).padStart(8)} ns`);

let length = 0;
const line = best(() => {
  for (let i = 0; i < REQUESTS; i++) length += formatAccessLine(records[i % 4]!).length;
});
console.log(`format one access line  ${(line / REQUESTS).toFixed(0).padStart(8)} ns`);

for (const route of routes) metrics.count(route, records[0]!);
const scrape = best(() => {
  for (const piece of collector.render([])) length += piece.length;
});
console.log(`scrape ${ROUTES} routes    ${(scrape / 1e6).toFixed(0).padStart(8)} ms`);
if (length === 0) throw new Error('nothing was written');
