import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { FixedApi } from './testing/fixed-api.ts';

describe('the fixed endpoints', () => {
  let api: FixedApi;

  beforeEach(async () => {
    api = await FixedApi.open({ flags: { database: 'postgres://u:hidden@db.test/sluice' } });
  });
  afterEach(() => api.close());

  it("tell Kong's clients what they decide by, and Sluice's own version beside it", async () => {
    const { body } = await api.call('GET', '/');
    const configuration = body.configuration as Record<string, unknown>;
    assert.equal(body.version, '3.9.3');
    assert.equal(configuration.database, 'postgres');
    assert.equal(configuration.router_flavor, 'traditional_compatible');
    assert.deepEqual(Object.keys(body.sluice as object), ['version', 'revision', 'store']);
  });

  it('show no secret among the settings', async () => {
    assert.doesNotMatch((await api.call('GET', '/')).text, /hidden/);
  });

  it('name the plugins in use as soon as one is stored', async () => {
    await api.call('POST', '/plugins', { name: 'grpc-web' });
    const { body } = await api.call('GET', '/');
    const { enabled_in_cluster: used } = body.plugins as { enabled_in_cluster: string[] };
    assert.deepEqual(used, ['grpc-web']);
  });

  it('list every path once, what lies below another right behind it', async () => {
    const { body } = await api.call('GET', '/endpoints');
    const paths = body.data as string[];
    assert.equal(new Set(paths).size, paths.length);
    assert.ok(paths.indexOf('/acme/certificates') < paths.indexOf('/acme_storage'));
    assert.ok(paths.includes('/upstreams/{upstreams}/targets/{targets}/{address}/healthy'));
  });

  it('change the log level for a time, and refuse one that there is not', async () => {
    const changed = await api.call('PUT', '/debug/node/log-level/debug?timeout=0');
    assert.deepEqual(changed.body, { message: 'log level changed' });
    assert.equal(api.log.level, 'debug');
    const { body } = await api.call('GET', '/debug/node/log-level');
    assert.deepEqual(body, { message: 'log level: debug' });
    const again = await api.call('PUT', '/debug/node/log-level/debug');
    assert.deepEqual(again.body, { message: 'log level is already debug' });
    assert.equal((await api.call('PUT', '/debug/node/log-level/loud')).status, 400);
    assert.equal((await api.call('PUT', '/debug/node/log-level/warn?timeout=-1')).status, 400);
    assert.equal(api.log.level, 'debug');
    const everywhere = await api.call('PUT', '/debug/cluster/log-level/warn');
    assert.deepEqual(everywhere.body, { message: 'log level changed' });
    assert.equal(api.log.level, 'warn');
    assert.equal((await api.call('PUT', '/debug/cluster/log-level/loud')).status, 400);
  });

  it('judge entities without storing them', async () => {
    const good = await api.call('POST', '/schemas/services/validate', { host: 'a.test' });
    assert.deepEqual(good.body, { message: 'schema validation successful' });
    const bad = await api.call('POST', '/schemas/plugins/validate', { name: 'nope' });
    assert.equal(bad.status, 400);
    assert.match(String(bad.body.message), /plugin 'nope' not enabled/);
    assert.equal((await api.call('POST', '/schemas/nope/validate', {})).status, 404);
  });

  it('list tags page by page, and refuse what cannot be one', async () => {
    await api.call('POST', '/services', { name: 'a', host: 'a.test', tags: ['x', 'y'] });
    const first = await api.call('GET', '/tags?size=1');
    const second = await api.call('GET', String(first.body.next));
    const tags = [first, second].flatMap(({ body }) => body.data as { tag: string }[]);
    assert.deepEqual(
      tags.map(({ tag }) => tag),
      ['x', 'y'],
    );
    assert.equal((await api.call('GET', '/tags/a,b')).body.code, 10);
    assert.equal((await api.call('POST', '/tags', { tag: 'x' })).status, 400);
  });

  it('tell where targets lead, and that nothing checks them', async () => {
    await api.call('POST', '/upstreams', { name: 'u' });
    await api.call('POST', '/upstreams/u/targets', { target: '127.0.0.1:81', weight: 7 });
    await api.call('POST', '/upstreams/u/targets', { target: 'nobody.invalid:82' });
    const { body } = await api.call('GET', '/upstreams/u/health');
    const targets = body.data as { health: string; data: { host: string; addresses: unknown[] } }[];
    assert.deepEqual(
      targets.map(({ health, data }) => [data.host, health, data.addresses]),
      [
        ['nobody.invalid', 'DNS_ERROR', []],
        [
          '127.0.0.1',
          'HEALTHCHECKS_OFF',
          [{ ip: '127.0.0.1', port: 81, weight: 7, health: 'HEALTHCHECKS_OFF' }],
        ],
      ],
    );
    const whole = await api.call('GET', '/upstreams/u/health?balancer_health=1');
    const { details } = whole.body.data as { details: { healthy: boolean; weight: object } };
    assert.deepEqual(details.weight, { total: 7, available: 7, unavailable: 0 });
    const marked = await api.call('PUT', '/upstreams/u/targets/127.0.0.1:81/unhealthy');
    assert.deepEqual(marked.body, { message: 'no healthchecker found for u' });
    assert.equal((await api.call('PUT', '/upstreams/u/targets/x:1/healthy')).status, 404);
  });

  it('tell nobody that an upstream is well where only active checks are asked for', async () => {
    const healthchecks = { active: { unhealthy: { interval: 1 } } };
    await api.call('POST', '/upstreams', { name: 'u', healthchecks });
    await api.call('POST', '/upstreams/u/targets', { target: '127.0.0.1:81' });
    const told = async (): Promise<unknown[]> => {
      const single = await api.call('GET', '/upstreams/u/health');
      const whole = await api.call('GET', '/upstreams/u/health?balancer_health=1');
      return [...(single.body.data as { health: string }[]), whole.body.data].map(
        (one) => (one as { health: string }).health,
      );
    };
    assert.deepEqual(await told(), ['HEALTHCHECKS_OFF', 'HEALTHCHECKS_OFF']);
    await api.call('PUT', '/upstreams/u/targets/127.0.0.1:81/unhealthy');
    assert.deepEqual(await told(), ['UNHEALTHY', 'UNHEALTHY']);
  });

  it('mark targets, whole or by address, where there are health checks', async () => {
    const healthchecks = { passive: { unhealthy: { timeouts: 1 } } };
    await api.call('POST', '/upstreams', { name: 'checked', healthchecks });
    const targets = '/upstreams/checked/targets';
    for (const target of ['127.0.0.3:90', '[::1]:91']) await api.call('POST', targets, { target });
    const mark = async (path: string) => (await api.call('PUT', `${targets}/${path}`)).status;
    const states = async () => {
      const { body } = await api.call('GET', '/upstreams/checked/health');
      const data = body.data as { data: { host: string }; health: string }[];
      return Object.fromEntries(data.map(({ data: { host }, health }) => [host, health]));
    };
    const long = '0000:0000:0000:0000:0000:0000:0000:0001';
    assert.equal(await mark('127.0.0.3:90/unhealthy'), 204);
    assert.equal(await mark(`[${long}]:91/::1/unhealthy`), 204);
    assert.deepEqual(await states(), { '127.0.0.3': 'UNHEALTHY', [long]: 'UNHEALTHY' });
    const whole = await api.call('GET', '/upstreams/checked/health?balancer_health=1');
    assert.equal((whole.body.data as { health: string }).health, 'UNHEALTHY');
    assert.equal(await mark('127.0.0.3:90/127.0.0.3/healthy'), 204);
    assert.equal(await mark(`[${long}]:91/[::1]:92/healthy`), 204);
    assert.deepEqual(await states(), { '127.0.0.3': 'HEALTHY', [long]: 'UNHEALTHY' });
    assert.equal(await mark('127.0.0.3:90/nonsense/healthy'), 400);
  });

  it('expose state and metrics as the status listener does', async () => {
    const { body } = await api.call('GET', '/status?unit=b');
    assert.equal(typeof (body.memory as { resident: unknown }).resident, 'number');
    assert.equal((await api.call('GET', '/status?unit=zz')).status, 400);
    const metrics = await api.call('GET', '/metrics');
    assert.match(metrics.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
    assert.match(metrics.text, /^# HELP /);
  });

  it('answer as Kong where it has nothing', async () => {
    const statuses = new Map([
      ['DELETE /cache', 204],
      ['GET /cache/x', 404],
      ['GET /clustering/status', 400],
      ['GET /filter-chains', 400],
      ['GET /routes/r/filters/enabled', 400],
      ['GET /acme', 405],
      ['GET /sessions', 200],
      ['GET /status/dns', 501],
      ['GET /status/ready', 404],
    ]);
    for (const [request, status] of statuses) {
      const [method = '', path = ''] = request.split(' ');
      assert.equal((await api.call(method, path)).status, status, request);
    }
  });
});

it('the log level cannot be changed with a file, as in Kong', async () => {
  const api = await FixedApi.open({ mode: 'file' });
  try {
    assert.equal((await api.call('PUT', '/debug/node/log-level/debug')).status, 405);
    assert.equal(api.log.level, 'info');
  } finally {
    await api.close();
  }
});
