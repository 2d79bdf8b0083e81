import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AdminClient } from '../support/admin-client.ts';
import { startGateway, type Gateway } from '../support/gateway.ts';
import { get } from '../support/message.ts';
import { startOrigin, type Origin } from '../support/origin.ts';
import { connect } from '../support/raw-client.ts';
import { until } from '../support/until.ts';

/** Connections of a test; over so many, each of two threads has some. */
const CLIENTS = 16;

interface Target {
  readonly target: string;
  readonly health: string;
}

describe('passive health checks over two proxy threads', () => {
  let gateway: Gateway;
  let admin: AdminClient;
  const origins: Origin[] = [];

  before(async () => {
    for (let count = 0; count < 3; count++) origins.push(await startOrigin());
    gateway = await startGateway({
      workers: 2,
      config: configuration(),
      admin: true,
    });
    admin = new AdminClient(gateway.adminPort);
  });

  after(async () => {
    admin?.close();
    await gateway?.stop();
    await Promise.all(origins.map((origin) => origin.stop()));
  });

  function configuration(threshold = 40): object {
    const http = { unhealthy: { http_failures: 1 } };
    return {
      _format_version: '3.0',
      upstreams: [
        upstream('failing', [0, 1], { passive: { unhealthy: { http_failures: 3 } } }),
        upstream('marked', [0, 1], { passive: http }),
        upstream('threshold', [0, 1, 2], { threshold, passive: http }),
        upstream('refusing', [0, 1], { passive: { unhealthy: { tcp_failures: 1 } } }),
      ],
      services: ['failing', 'marked', 'threshold', 'refusing'].map((name) => ({
        name,
        host: `${name}.test`,
        routes: [{ name, paths: [`/${name}`] }],
      })),
      plugins: [{ name: 'prometheus', config: { upstream_health_metrics: true } }],
    };
  }

  function upstream(name: string, of: readonly number[], healthchecks: object): object {
    const targets = of.map((index) => ({ target: address(index) }));
    return { name: `${name}.test`, targets, healthchecks };
  }

  function address(index: number): string {
    return `127.0.0.1:${origins[index]!.port}`;
  }

  /** Every origin answers with its status from now on, and has seen nothing yet. */
  async function answerWith(...statuses: readonly number[]): Promise<void> {
    for (const [index, origin] of origins.entries()) {
      await origin.reset(async (exchange) => {
        await exchange.readBody();
        await exchange.send(statuses[index] ?? 200);
      });
    }
  }

  /** Statuses of requests on connections of their own, one after the other. */
  async function ask(path: string, times = CLIENTS): Promise<number[]> {
    const statuses: number[] = [];
    for (let index = 0; index < times; index++) {
      const client = await connect(gateway.proxyPort);
      client.send(get(path));
      statuses.push((await client.response()).status);
      client.close();
    }
    return statuses;
  }

  async function healthOf(name: string): Promise<Record<string, string>> {
    const { data } = await admin.json('GET', `/upstreams/${name}.test/health`);
    return Object.fromEntries((data as Target[]).map(({ target, health }) => [target, health]));
  }

  const seen = (index: number): number => origins[index]!.exchanges.length;

  it('leave out a target that fails, in both threads, with exactly the failures that it takes', async () => {
    await answerWith(500, 200);
    const statuses = await ask('/failing', 40);
    assert.equal(statuses.filter((status) => status === 500).length, 3);
    assert.equal(seen(0), 3);
    await answerWith(500, 200);
    assert.deepEqual(new Set(await ask('/failing')), new Set([200]));
    assert.equal(seen(0), 0);
    assert.deepEqual(await healthOf('failing'), {
      [address(0)]: 'UNHEALTHY',
      [address(1)]: 'HEALTHY',
    });
  });

  it('take it in again when it is marked as healthy', async () => {
    await answerWith(200, 200);
    const mark = `/upstreams/failing.test/targets/${address(0)}/healthy`;
    assert.equal((await admin.send('PUT', mark)).status, 204);
    await ask('/failing');
    assert.ok(seen(0) > 0 && seen(1) > 0);
    assert.equal(seen(0) + seen(1), CLIENTS);
  });

  it('leave out what is marked as unhealthy, and answer 503 when that is all', async () => {
    await answerWith(200, 200);
    const targets = '/upstreams/marked.test/targets';
    await admin.send('PUT', `${targets}/${address(0)}/${address(0)}/unhealthy`);
    assert.deepEqual(new Set(await ask('/marked')), new Set([200]));
    assert.equal(seen(0), 0);
    await admin.send('PUT', `${targets}/${address(1)}/unhealthy`);
    assert.deepEqual(new Set(await ask('/marked')), new Set([503]));
    assert.equal(seen(1), CLIENTS);
    const { data } = await admin.json('GET', '/upstreams/marked.test/health?balancer_health=1');
    assert.equal((data as { health: string }).health, 'UNHEALTHY');
  });

  it('answer 503 when less than the threshold of the weight is left', async () => {
    await answerWith(500, 200, 500);
    await until('both that fail are out', async () => {
      await ask('/threshold', 4);
      const states = Object.values(await healthOf('threshold'));
      return states.filter((state) => state === 'UNHEALTHY').length === 2;
    });
    await answerWith(200, 200, 200);
    assert.deepEqual(new Set(await ask('/threshold')), new Set([503]));
    assert.equal(seen(1), 0);
    await admin.send('PUT', `/upstreams/threshold.test/targets/${address(0)}/healthy`);
    assert.deepEqual(new Set(await ask('/threshold')), new Set([200]));
    assert.equal(seen(2), 0);
  });

  it('are told in the metrics where a plugin asks for it', async () => {
    const metrics = await (await gateway.fetchStatus('/metrics')).text();
    const at = address(0);
    const labels = `upstream="marked.test",target="${at}",address="${at}",state="unhealthy"`;
    assert.ok(metrics.includes(`kong_upstream_target_health{${labels},subsystem="http"} 1\n`));
  });

  it('survive another configuration, whose rules hold from then on', async () => {
    await answerWith(200, 200, 200);
    const mark = `/upstreams/threshold.test/targets/${address(1)}/unhealthy`;
    await admin.send('PUT', mark);
    assert.deepEqual(new Set(await ask('/threshold')), new Set([503]));
    await gateway.reload(configuration(30));
    assert.deepEqual(new Set(await ask('/threshold')), new Set([200]));
    assert.deepEqual([seen(1), seen(2)], [0, 0]);
  });

  it('count a refused connection when the request is tried elsewhere', async () => {
    await answerWith(200, 200);
    await origins[0]!.stop();
    assert.deepEqual(new Set(await ask('/refusing')), new Set([200]));
    assert.deepEqual(await healthOf('refusing'), {
      [address(0)]: 'UNHEALTHY',
      [address(1)]: 'HEALTHY',
    });
  });
});
