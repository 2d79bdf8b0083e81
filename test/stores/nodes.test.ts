import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Load } from '../support/load.ts';
import { parseMetrics, total } from '../support/metrics.ts';
import { startOrigin, type Origin } from '../support/origin.ts';
import { withoutPostgres } from '../support/postgres.ts';
import { usePostgres, type Place } from '../support/stores.ts';
import { until } from '../support/until.ts';
import { Node } from './node.ts';

/** How soon a change must be served by another node, ms. */
const SOON = 1000;

describe('Nodes on one PostgreSQL', { skip: withoutPostgres }, () => {
  const home = usePostgres({ durable: true });
  let origin: Origin;
  let places: Place[];
  let one: Node;
  let other: Node;

  before(async () => {
    origin = await startOrigin();
    const { data, database } = await home.newPlace();
    if (database === undefined) throw new Error('these places have a database');
    const [second, third] = [await home.newPlace(), await home.newPlace()];
    places = [data, second.data, third.data].map((folder) => ({ data: folder, database }));
    one = await Node.start(places[0]!);
    other = await Node.start(places[1]!);
    const url = `http://127.0.0.1:${origin.port}`;
    await one.admin.json('POST', '/services', { name: 'origin', url });
    await addRoute(one, 'load');
    for (const node of [one, other]) await serves(node, '/load', 200, 10_000);
  });
  after(async () => {
    await one?.stop();
    await other?.stop();
    await origin?.stop();
  });

  it('serve what was changed on one of them within a second', async () => {
    for (let round = 0; round < 5; round++) {
      const [here, there] = round % 2 === 0 ? [one, other] : [other, one];
      const name = `soon-${round}`;
      await addRoute(here, name);
      await serves(there, `/${name}`, 200);
      await here.admin.json('PATCH', `/routes/${name}`, { paths: [`/moved-${round}`] });
      await serves(there, `/moved-${round}`, 200);
      await serves(there, `/${name}`, 404);
      await here.admin.json('DELETE', `/routes/${name}`);
      await serves(there, `/moved-${round}`, 404);
    }
  });

  it('agree on the first administrator token', async () => {
    const answers = await Promise.all([one, other].map(({ admin }) => admin.send('GET', '/')));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200],
    );
  });

  it('take a log level together', async () => {
    await one.admin.json('PUT', '/debug/cluster/log-level/crit?timeout=0');
    for (const { admin } of [one, other]) {
      const isChanged = async (): Promise<boolean> => {
        const { message } = await admin.json('GET', '/debug/node/log-level');
        return message === 'log level: crit';
      };
      await until('both nodes have the level', isChanged, SOON);
    }
    await one.admin.json('PUT', '/debug/cluster/log-level/info?timeout=0');
  });

  it('are not in the way of each other with ten writers', async () => {
    const writers = Array.from({ length: 10 }, async (_, writer) => {
      const { admin } = writer % 2 === 0 ? one : other;
      for (let count = 0; count < 20; count++) {
        const name = `writer-${writer}-${count}`;
        const { id } = await admin.json('POST', '/consumers', { username: name });
        await admin.json('PATCH', `/consumers/${name}`, { custom_id: name });
        await admin.json('PUT', `/consumers/${String(id)}`, { username: `${name}-renamed` });
        await admin.json('POST', `/consumers/${String(id)}/key-auth`, { key: name });
      }
    });
    await Promise.all(writers);
    assert.equal((await one.admin.list('/key-auths')).length, 200);
    const consumers = await other.admin.list('/consumers');
    assert.equal(
      consumers.filter(({ username }) => /-renamed$/.test(String(username))).length,
      200,
    );
  });

  it('let exactly one of ten writers win who want the same name', async () => {
    for (let round = 0; round < 10; round++) {
      const body = { name: `contested-${round}`, host: 'h.internal' };
      const answers = await Promise.all(writers((admin) => admin.send('POST', '/services', body)));
      assert.deepEqual(statusesOf(answers), [201, ...Array<number>(9).fill(409)]);
    }
  });

  it('let exactly one of ten writers win who have seen the same state', async () => {
    const { headers } = await one.admin.send('GET', '/services/origin');
    const { etag = '' } = headers;
    const answers = await Promise.all(
      writers((admin, writer) =>
        admin.send(
          'PATCH',
          '/services/origin',
          { read_timeout: 50_000 + writer },
          { 'If-Match': etag },
        ),
      ),
    );
    assert.deepEqual(statusesOf(answers), [200, ...Array<number>(9).fill(412)]);
  });

  it('lose nothing of changes to different fields at the same time', async () => {
    await one.admin.json('POST', '/upstreams', { name: 'shared.internal' });
    const fields = ['active', 'passive'].flatMap((kind) =>
      ['tcp_failures', 'timeouts', 'http_failures'].map((field) => [kind, field] as const),
    );
    await Promise.all(
      fields.map(([kind, field], index) =>
        (index % 2 === 0 ? one : other).admin.json('PATCH', '/upstreams/shared.internal', {
          healthchecks: { [kind]: { unhealthy: { [field]: index + 1 } } },
        }),
      ),
    );
    const { healthchecks } = await one.admin.json('GET', '/upstreams/shared.internal');
    const stored = healthchecks as Record<string, { unhealthy: Record<string, number> }>;
    assert.deepEqual(
      fields.map(([kind, field]) => stored[kind]?.unhealthy[field]),
      [1, 2, 3, 4, 5, 6],
    );
  });

  it('go on without PostgreSQL, say so, and catch up by themselves', async () => {
    const third = await Node.start(places[2]!);
    await serves(third, '/load', 200, 10_000);
    await third.stop();

    const load = new Load(other.gateway.proxyPort, 2, 1);
    await home.server?.stop('immediate');
    await until('the other node knows', async () => !(await isReachable(other)), 20_000);
    const { answered } = load;
    await until('requests are answered without it', () => load.answered > answered + 50);
    const samples = parseMetrics(await other.metrics());
    assert.equal(total(samples, 'sluice_store_reachable'), 0);
    const refused = await other.admin.send('POST', '/consumers', { username: 'nobody' });
    assert.equal(refused.status, 503);
    assert.match(refused.text, /"message":"[^"]*(database|store|PostgreSQL)/i);
    assert.equal((await other.gateway.fetchStatus('/status/ready')).status, 200);

    const started = await Node.start(places[2]!);
    try {
      await serves(started, '/load', 200, 10_000);
      assert.equal(total(parseMetrics(await started.metrics()), 'sluice_store_snapshot_in_use'), 1);
      await home.server?.start();
      for (const node of [one, other, started]) {
        await until('the node is back', () => isReachable(node), 30_000);
      }
      await addRoute(one, 'after-all');
      for (const node of [other, started]) await serves(node, '/after-all', 200, 10_000);
      assert.equal(total(parseMetrics(await started.metrics()), 'sluice_store_snapshot_in_use'), 0);
    } finally {
      await started.stop();
    }
    const report = await load.stop();
    assert.deepEqual([...report.statuses.keys()], [200]);
    assert.deepEqual(report.failures, []);
  });

  async function addRoute(node: Node, name: string): Promise<void> {
    await node.admin.json('POST', '/services/origin/routes', { name, paths: [`/${name}`] });
  }

  function writers<T>(write: (admin: Node['admin'], writer: number) => Promise<T>): Promise<T>[] {
    return Array.from({ length: 10 }, (_, writer) =>
      write((writer % 2 === 0 ? one : other).admin, writer),
    );
  }
});

function statusesOf(answers: readonly { status: number }[]): number[] {
  return answers.map(({ status }) => status).sort();
}

async function serves(node: Node, path: string, status: number, patience = SOON): Promise<void> {
  await until(
    `${path} answers ${status}`,
    async () => (await node.fetch(path)) === status,
    patience,
  );
}

async function isReachable(node: Node): Promise<boolean> {
  const { database } = await node.gateway.status();
  return (database as { reachable: boolean }).reachable;
}
