import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { PostgresServer, withoutPostgres } from '../../../../test/support/postgres.ts';
import { until } from '../../../../test/support/until.ts';
import { OperatorError } from '../../errors.ts';
import { StoreUnavailable, type Store } from '../contract.ts';
import { openStore } from '../open-store.ts';
import { migrations } from '../relational/migrations/list.ts';
import { counts, insertAll, service } from '../testing/entities.ts';

describe('PostgreSQL', { skip: withoutPostgres }, () => {
  let server: PostgresServer;
  const stores: Store[] = [];
  before(async () => {
    server = await PostgresServer.start();
  });
  after(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await server.dispose();
  });
  const open = async (url: string): Promise<Store> => {
    const store = await openStore({ kind: 'postgres', url });
    stores.push(store);
    return store;
  };

  it('tells other nodes of every commit', async () => {
    const url = await server.createDatabase();
    const [a, b] = [await open(url), await open(url)];
    await until('both listen', () => listens(server, url, 2));
    for (let count = 1; count <= 5; count += 1) {
      const heard = new Promise<void>((resolve) => b.watch(resolve));
      await insertAll(a, ['services', service()]);
      await heard;
      assert.equal((await b.changesSince(count - 1, 10))?.length, 1);
    }
  });

  it('that goes away is missed at once, and found again when it is back', async () => {
    const url = await server.createDatabase();
    const store = await open(url);
    await insertAll(store, ['services', service()]);
    const seen: boolean[] = [];
    store.watch(() => seen.push(store.health.reachable));
    await server.stop('fast');
    await until('the loss is noticed', () => !store.health.reachable || undefined);
    assert.match(store.health.problem ?? '', /PostgreSQL/);
    assert.ok(!store.health.problem?.includes(new URL(url).password));
    await assert.rejects(counts(store), isUnreachable);
    await assert.rejects(insertAll(store, ['services', service()]), isUnreachable);
    await server.start();
    await until('it is found again', () => store.health.reachable || undefined);
    assert.equal(store.health.problem, null);
    await insertAll(store, ['services', service()]);
    assert.deepEqual(await counts(store), { services: 2 });
    assert.deepEqual([seen.includes(false), seen.at(-1)], [true, true]);
  });

  it('that started anew since a connection was used is no reason to fail', async () => {
    const store = await open(await server.createDatabase());
    await insertAll(store, ['services', service()]);
    await server.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name = 'sluice' AND pid <> pg_backend_pid()`,
    );
    await insertAll(store, ['services', service()]);
    assert.deepEqual(await counts(store), { services: 2 });
  });

  it('may be away when a store is opened, which then gets its tables later', async () => {
    const url = await server.createDatabase();
    await server.stop('fast');
    const store = await open(url);
    assert.equal(store.health.reachable, false);
    await assert.rejects(store.load(), isUnreachable);
    await server.start();
    await until('it is found', () => store.health.reachable || undefined);
    assert.equal(await insertAll(store, ['services', service()]), 1);
  });

  it('gets its tables once, however many nodes start at the same time', async () => {
    const url = await server.createDatabase();
    await Promise.all(Array.from({ length: 5 }, () => open(url)));
    const rows = await server.query('SELECT version FROM schema_migrations', url);
    assert.equal(rows.length, migrations.length);
  });

  it('of a newer program is refused, naming the version that is needed', async () => {
    const url = await server.createDatabase();
    await open(url);
    await server.query("INSERT INTO schema_migrations VALUES (999, 'later', '9.8.7', 0)", url);
    await assert.rejects(open(url), (error) => {
      assert.ok(error instanceof OperatorError);
      assert.match(`${error.message} ${error.help}`, /version 999.*9\.8\.7 or later/);
      return true;
    });
  });

  it('that takes no writes is said to be read-only', async () => {
    const url = await server.createDatabase();
    const store = await open(url);
    const name = new URL(url).pathname.slice(1);
    await server.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    await server.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`,
    );
    await assert.rejects(
      insertAll(store, ['services', service()]),
      (error) => error instanceof StoreUnavailable && error.reason === 'read-only',
    );
    assert.deepEqual(await counts(store), {});
  });

  it('never shows its password in an error', async () => {
    const url = new URL(await server.createDatabase());
    url.password = 'wrong-secret';
    const store = await open(url.href);
    const { problem } = store.health;
    assert.match(problem ?? '', /does not let the user in/);
    assert.ok(!problem?.includes('wrong-secret'));
  });
});

async function listens(
  server: PostgresServer,
  url: string,
  count: number,
): Promise<true | undefined> {
  const rows = await server.query(
    `SELECT pid FROM pg_stat_activity
     WHERE datname = current_database() AND query = 'SELECT revision FROM store_state'`,
    url,
  );
  return rows.length >= count || undefined;
}

function isUnreachable(error: unknown): boolean {
  return error instanceof StoreUnavailable && error.reason === 'unreachable';
}
