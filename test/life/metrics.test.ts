import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { get, post } from '../support/message.ts';
import { parseMetrics, total, type Sample } from '../support/metrics.ts';
import { useSite } from '../support/site.ts';
import { until } from '../support/until.ts';

describe('The status listener', () => {
  const site = useSite({ workers: 2, route: { paths: ['/known'] } });

  async function scrape(): Promise<Sample[]> {
    const response = await site.gateway.fetchStatus('/metrics');
    assert.equal(response.status, 200);
    assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
    return parseMetrics(await response.text());
  }

  const requests = (samples: Sample[], labels: Record<string, string>): number =>
    total(samples, 'kong_http_requests_total', labels);

  it('is alive and ready', async () => {
    assert.equal((await site.gateway.fetchStatus('/status/live')).status, 200);
    assert.equal((await site.gateway.fetchStatus('/status/ready')).status, 200);
  });

  it('does not know other paths', async () => {
    assert.equal((await site.gateway.fetchStatus('/services')).status, 404);
  });

  it('counts requests by service, route and status over all threads', async () => {
    const labels = { service: 'origin', route: 'everything', code: '200' };
    const before = requests(await scrape(), labels);
    for (let round = 0; round < 20; round++) await site.fetch(get('/known', 'Connection: close'));
    await until('all are counted', async () => requests(await scrape(), labels) === before + 20);
  });

  it('counts what the upstream answered under its own status', async () => {
    await site.serve((exchange) => exchange.send(418, 'teapot'));
    await site.fetch(get('/known'));
    const labels = { service: 'origin', route: 'everything', code: '418', source: 'service' };
    await until('it is counted', async () => requests(await scrape(), labels) === 1);
  });

  it('counts bytes in both directions', async () => {
    const bytes = async (direction: string): Promise<number> =>
      total(await scrape(), 'kong_bandwidth_bytes', { service: 'origin', direction });
    const before = [await bytes('ingress'), await bytes('egress')];
    await site.fetch(post('/known', 'b'.repeat(100_000)));
    await until('ingress is counted', async () => (await bytes('ingress')) > before[0]! + 100_000);
    // The origin's description of the request holds its body.
    await until('egress is counted', async () => (await bytes('egress')) > before[1]! + 100_000);
  });

  it('has latency histograms whose buckets add up', async () => {
    await site.fetch(get('/known'));
    await until('a latency is counted', async () => {
      const samples = await scrape();
      return total(samples, 'kong_request_latency_ms_count') > 0;
    });
    const samples = await scrape();
    for (const name of [
      'kong_request_latency_ms',
      'kong_upstream_latency_ms',
      'kong_kong_latency_ms',
    ]) {
      const buckets = samples.filter((sample) => sample.name === `${name}_bucket`);
      const infinite = buckets.filter((sample) => sample.labels.le === '+Inf');
      assert.ok(infinite.length > 0, `${name} has no buckets`);
      assert.equal(
        infinite.reduce((sum, sample) => sum + sample.value, 0),
        total(samples, `${name}_count`),
      );
    }
  });
});
