import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Zone } from '../../proxy/upstream/dns/dns-responder.suite.ts';
import { setUpResolver } from '../../proxy/upstream/dns/resolver-setup.suite.ts';
import { createHealthMemory, TargetHealth } from '../../shm/target-health.ts';
import { entity, tablesWith } from '../testing/entities.ts';
import { TargetMetrics } from './target-metrics.ts';
import { TargetStates } from './target-states.ts';

const passive = { passive: { unhealthy: { http_failures: 1 } } };

/** The states of a node that serves one upstream with these targets. */
async function setUp(
  targets: readonly string[],
  { zones = {}, healthchecks = passive, asked = false }: Partial<SetUpOptions> = {},
) {
  const t = await setUpResolver(zones);
  const memory = createHealthMemory(64);
  const upstream = entity('upstreams', { name: 'u.test', healthchecks });
  const all = targets.map((target) =>
    entity('targets', { target, weight: 10, upstream: { id: upstream.id } }),
  );
  const prometheus = entity('plugins', {
    name: 'prometheus',
    config: { upstream_health_metrics: asked },
  });
  let tables = tablesWith({ upstreams: [upstream], targets: all, plugins: [prometheus] });
  const states = new TargetStates({ resolver: t.resolver, memory, tables: () => tables });
  return {
    ...t,
    memory,
    upstream,
    targets: all,
    states,
    get tables() {
      return tables;
    },
    remove: () => (tables = tablesWith({ upstreams: [upstream] })),
    healthOf: async (index: number) =>
      (await states.addressesOf(upstream, all[index]!)).map(({ ip, health }) => `${ip} ${health}`),
    async [Symbol.asyncDispose]() {
      states.close();
      await t[Symbol.asyncDispose]();
    },
  };
}

interface SetUpOptions {
  readonly zones: Record<string, Zone>;
  readonly healthchecks: object;
  /** Whether a plugin asks for the metrics. */
  readonly asked: boolean;
}

describe('the states of targets', () => {
  it('are off without health checks, and healthy with them until something is found out', async () => {
    await using off = await setUp(['127.0.0.1:80'], { healthchecks: {} });
    assert.deepEqual(await off.healthOf(0), ['127.0.0.1 HEALTHCHECKS_OFF']);
    await using on = await setUp(['127.0.0.1:80']);
    assert.deepEqual(await on.healthOf(0), ['127.0.0.1 HEALTHY']);
  });

  it('are off where only active checks are asked for, but for marks', async () => {
    const healthchecks = { active: { healthy: { interval: 5 }, unhealthy: { interval: 5 } } };
    await using t = await setUp(['127.0.0.1:80'], { healthchecks });
    assert.deepEqual(await t.healthOf(0), ['127.0.0.1 HEALTHCHECKS_OFF']);
    for (const [healthy, state] of [
      [false, 'UNHEALTHY'],
      [true, 'HEALTHCHECKS_OFF'],
    ] as const) {
      assert.ok(await t.states.mark(t.upstream, t.targets[0]!, null, healthy));
      assert.deepEqual(await t.healthOf(0), [`127.0.0.1 ${state}`]);
    }
  });

  it('are those that proxy threads act on, in whatever way an address is written', async () => {
    await using t = await setUp(['[2001:db8::2]:80']);
    const { states, upstream, targets, memory } = t;
    const place = { ip: '2001:db8:0:0:0:0:0:2', port: 80 };
    assert.ok(await states.mark(upstream, targets[0]!, place, false));
    assert.deepEqual(await t.healthOf(0), ['2001:db8::2 UNHEALTHY']);
    const thread = new TargetHealth(memory);
    const host = '2001:0db8:0000:0000:0000:0000:0000:0002';
    const address = { upstreamId: upstream.id, host, port: 80, ip: '2001:db8::2', ipPort: 80 };
    assert.ok(!thread.isHealthy(thread.find(thread.keyOf(address))));
  });

  it('change for all addresses of a target or for one, also for those that only a thread knows', async () => {
    await using t = await setUp(['a.test:80'], {
      zones: { 'a.test': { a: ['10.0.0.1', '10.0.0.2'] } },
    });
    const { states, upstream, memory } = t;
    const target = t.targets[0]!;
    const thread = new TargetHealth(memory);
    const own = { upstreamId: upstream.id, host: 'a.test', port: 80, ip: '10.0.0.3', ipPort: 80 };
    const slot = thread.claim(thread.keyOf(own));
    await states.mark(upstream, target, null, false);
    assert.deepEqual(await t.healthOf(0), ['10.0.0.1 UNHEALTHY', '10.0.0.2 UNHEALTHY']);
    assert.ok(!thread.isHealthy(slot));
    await states.mark(upstream, target, { ip: '10.0.0.2', port: 80 }, true);
    assert.deepEqual(await t.healthOf(0), ['10.0.0.1 UNHEALTHY', '10.0.0.2 HEALTHY']);
    await states.mark(upstream, target, { ip: '10.0.0.3', port: 80 }, true);
    assert.ok(thread.isHealthy(slot));
  });

  it('take no notice of a mark on an address that is none of the target', async () => {
    await using t = await setUp(['127.0.0.1:80']);
    const { states, upstream, targets } = t;
    assert.ok(await states.mark(upstream, targets[0]!, { ip: '9.9.9.9', port: 1 }, false));
    assert.deepEqual(await t.healthOf(0), ['127.0.0.1 HEALTHY']);
    assert.equal(states.usage.used, 0);
  });

  it('keep a mark though no request goes there, as long as there is the target', async () => {
    await using t = await setUp(['127.0.0.1:80']);
    await t.states.mark(t.upstream, t.targets[0]!, null, false);
    for (let tick = 0; tick < 20; tick++) t.states.tick();
    assert.deepEqual(await t.healthOf(0), ['127.0.0.1 UNHEALTHY']);
    t.remove();
    for (let tick = 0; tick < 20; tick++) t.states.tick();
    assert.equal(t.states.usage.used, 0);
  });
});

describe('the metrics of targets', () => {
  const rendered = (metrics: TargetMetrics, tables: Parameters<TargetMetrics['render']>[0]) =>
    [...metrics.render(tables)]
      .join('')
      .split('\n')
      .filter((line) => line.endsWith(' 1'));
  const labels = (target: string, address: string, state: string): string =>
    `kong_upstream_target_health{upstream="u.test",target="${target}",address="${address}",state="${state}",subsystem="http"} 1`;

  it('are there only where a plugin asks for them', async () => {
    await using t = await setUp(['127.0.0.1:80']);
    assert.deepEqual([...new TargetMetrics(t.states).render(t.tables)], []);
    assert.deepEqual([...new TargetMetrics(t.states).render(null)], []);
  });

  it('tell the state of each address, of names from the second scrape on', async () => {
    await using t = await setUp(['127.0.0.1:80', 'a.test:81', 'gone.test:82'], {
      zones: { 'a.test': { a: ['10.0.0.1'] } },
      asked: true,
    });
    await t.states.mark(t.upstream, t.targets[0]!, null, false);
    const metrics = new TargetMetrics(t.states);
    const unhealthy = labels('127.0.0.1:80', '127.0.0.1:80', 'unhealthy');
    assert.deepEqual(rendered(metrics, t.tables), [unhealthy]);
    await Promise.all(['a.test', 'gone.test'].map((name) => t.resolver.resolve(name)));
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(rendered(metrics, t.tables), [
      unhealthy,
      labels('a.test:81', '10.0.0.1:81', 'healthy'),
      labels('gone.test:82', '', 'dns_error'),
    ]);
  });
});
