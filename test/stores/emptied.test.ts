import assert from 'node:assert/strict';
import { existsSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parseMetrics, total } from '../support/metrics.ts';
import { startOrigin, type Origin } from '../support/origin.ts';
import { withoutPostgres } from '../support/postgres.ts';
import { usePostgres, type Place } from '../support/stores.ts';
import { until } from '../support/until.ts';
import { Node } from './node.ts';

describe('Nodes whose database is emptied', { skip: withoutPostgres }, () => {
  const home = usePostgres();
  let origin: Origin;
  let places: Place[];
  let url: string;
  let one: Node;
  let other: Node;

  before(async () => {
    origin = await startOrigin();
    const { data, database = '' } = await home.newPlace();
    url = database;
    places = [data, (await home.newPlace()).data].map((folder) => ({ data: folder, database }));
    one = await Node.start(places[0]!);
    other = await Node.start(places[1]!);
    const target = `http://127.0.0.1:${origin.port}`;
    await one.admin.json('POST', '/services', { name: 'origin', url: target });
    await one.admin.json('POST', '/services/origin/routes', { name: 'r', paths: ['/r'] });
    for (const node of [one, other]) await serves(node, 200);
    for (const { data: folder } of places) {
      await until('there is a copy', () => existsSync(join(folder, 'snapshot.gz')) || undefined);
    }
  });
  after(async () => {
    await one?.stop();
    await other?.stop();
    await origin?.stop();
  });

  async function serves(node: Node, status: number): Promise<void> {
    await until(`/r answers ${status}`, async () => (await node.fetch('/r')) === status);
  }
  async function store(node: Node): Promise<Record<string, unknown>> {
    return (await node.gateway.status())['store'] as Record<string, unknown>;
  }
  async function hasProblem(node: Node, problem: RegExp): Promise<void> {
    await until(
      `a node tells of ${String(problem)}`,
      async () => problem.test(String((await store(node))['problem'])) || undefined,
      20_000,
    );
  }

  it('go on serving, make no store there, and answer 503 to the rest', async () => {
    await home.server?.query('DROP SCHEMA public CASCADE', url);
    await home.server?.query('CREATE SCHEMA public', url);
    const read = await one.admin.send('GET', '/services');
    assert.equal(read.status, 503);
    assert.match(read.text, /tables are gone|no store/);
    await other.stop();
    other = await Node.start(places[1]!);
    for (const node of [one, other]) {
      await hasProblem(node, /no store in the database .* any more/);
      assert.equal(await node.fetch('/r'), 200);
    }
    const rows = await home.server?.query(
      "SELECT 1 FROM pg_tables WHERE schemaname = 'public'",
      url,
    );
    assert.deepEqual(rows, []);
  });

  it('do not turn to a new store in its place until they are told to', async () => {
    const third = await Node.start({ data: (await home.newPlace()).data, database: url });
    await third.stop();
    for (const node of [one, other]) {
      await hasProblem(node, /another store/);
      assert.equal(await node.fetch('/r'), 200);
      assert.equal(total(parseMetrics(await node.metrics()), 'sluice_store_foreign'), 1);
      const { warnings } = await node.gateway.status();
      assert.match(JSON.stringify(warnings), /another store/);
    }
    await other.stop();
    const copy = join(places[1]!.data, 'snapshot.gz');
    renameSync(copy, `${copy}.old`);
    other = await Node.start(places[1]!);
    await serves(other, 404);
    assert.equal((await store(other))['foreign'], false);
    assert.equal(readdirSync(places[0]!.data).includes('snapshot.gz'), true);
    assert.equal(await one.fetch('/r'), 200);
  });
});

describe('A node whose database is restored from a backup', { skip: withoutPostgres }, () => {
  const home = usePostgres();
  let node: Node;
  after(() => node?.stop());

  it('serves what the backup holds, and keeps the copy of what it served before', async () => {
    const { data, database = '' } = await home.newPlace();
    const name = new URL(database).pathname.slice(1);
    const query = (text: string) => home.server?.query(text);
    // Nodes connect again at once, and a database in use can be neither copied nor replaced.
    const undisturbed = (text: string): Promise<unknown> =>
      until(
        text,
        () =>
          query(
            `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`,
          )?.then(() =>
            query(text)?.then(
              () => true,
              () => undefined,
            ),
          ),
        20_000,
      );
    node = await Node.start({ data, database });
    const answer = { name: 'request-termination', config: { status_code: 204 } };
    await node.admin.json('POST', '/plugins', answer);
    await node.admin.json('POST', '/routes', { name: 'old', paths: ['/old'] });
    await undisturbed(`CREATE DATABASE backup TEMPLATE ${name}`);
    await until('it is back', async () => {
      const { status } = await node.admin.send('POST', '/routes', { name: 'new', paths: ['/new'] });
      return status === 201 || undefined;
    });
    const answers = (path: string, status: number): Promise<unknown> =>
      until(`${path} answers ${status}`, async () => (await node.fetch(path)) === status, 20_000);
    await answers('/new', 204);
    await query(`DROP DATABASE ${name} WITH (FORCE)`);
    await query(`CREATE DATABASE ${name} TEMPLATE backup`);
    await answers('/new', 404);
    await answers('/old', 204);
    await node.gateway.logged(/set back, .* at revision 2, .* from revision 3/);
    const kept = readdirSync(data).filter((file) => /^snapshot-3-.*\.gz$/.test(file));
    assert.equal(kept.length, 1);
  });
});
