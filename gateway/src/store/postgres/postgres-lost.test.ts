import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { Client } from 'pg';
import { PostgresServer, withoutPostgres } from '../../../../test/support/postgres.ts';
import { until } from '../../../../test/support/until.ts';
import { StoreUnavailable, type Store } from '../contract.ts';
import { openStore } from '../open-store.ts';
import { counts, insertAll, service } from '../testing/entities.ts';
import { isConnectionLost, translated } from './pg-errors.ts';
import { Relay } from '../testing/relay.ts';

describe('a connection to PostgreSQL', { skip: withoutPostgres }, () => {
  let server: PostgresServer;
  let relay: Relay;
  const stores: Store[] = [];
  before(async () => {
    server = await PostgresServer.start();
    relay = await Relay.open(server.url());
  });
  after(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await relay.close();
    await server.dispose();
  });
  async function open(parameters: Readonly<Record<string, string>> = {}): Promise<Store> {
    const url = relay.through(await server.createDatabase());
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    const store = await openStore({ kind: 'postgres', url: url.href });
    stores.push(store);
    return store;
  }

  it(
    'that has fallen silent is given up, and another one is used',
    { timeout: 20_000 },
    async () => {
      const store = await open({ connect_timeout: '1', statement_timeout: '500' });
      await insertAll(store, ['services', service()]);
      relay.silence();
      const start = performance.now();
      assert.deepEqual(await counts(store), { services: 1 });
      assert.ok(performance.now() - start < 10_000);
      await insertAll(store, ['services', service()]);
      assert.deepEqual(await counts(store), { services: 2 });
    },
  );

  it(
    'to a server that has fallen silent is waited for no longer than until that is known',
    { timeout: 20_000 },
    async () => {
      const store = await open();
      await insertAll(store, ['services', service()]);
      relay.silence(true);
      const start = performance.now();
      await assert.rejects(counts(store), isConnectionLost);
      assert.ok(performance.now() - start < 10_000);
      const again = performance.now();
      await assert.rejects(counts(store), isConnectionLost);
      await assert.rejects(insertAll(store, ['services', service()]), isConnectionLost);
      assert.ok(performance.now() - again < 500);
      relay.speak();
      await until('it is found again', () => store.health.reachable || undefined, 10_000);
      assert.deepEqual(await counts(store), { services: 1 });
    },
  );

  it('is replaced by one that was made since, however many of its time are lost', async () => {
    const store = await open();
    await insertAll(store, ['services', service()]);
    const atOnce = Array.from({ length: 6 });
    await Promise.all(atOnce.map(() => counts(store)));
    relay.cutWhenUsed();
    await insertAll(store, ['services', service()]);
    assert.deepEqual(await counts(store), { services: 2 });
    await Promise.all(atOnce.map(() => counts(store)));
  });

  it('that the server gave up for doing nothing in a transaction is lost', async () => {
    const client = new Client({
      connectionString: server.url(),
      idle_in_transaction_session_timeout: 20,
    });
    await client.connect();
    const given = once(client, 'error');
    // What comes after is that the connection is closed.
    client.on('error', () => undefined);
    await client.query('BEGIN');
    const known = translated((await given)[0]);
    assert.ok(known instanceof StoreUnavailable, String(known));
    assert.equal(known.reason, 'unreachable');
    assert.match(known.message, /nothing happened for too long/);
    assert.ok(isConnectionLost(known));
  });

  it('that is lost at the commit leaves open whether it was made', async () => {
    const store = await open();
    await insertAll(store, ['services', service()]);
    relay.withheld = 'COMMIT';
    await assert.rejects(insertAll(store, ['services', service()]), (error) => {
      assert.ok(error instanceof StoreUnavailable);
      assert.deepEqual([error.reason, error.mayBeDone], ['unreachable', true]);
      return true;
    });
    assert.deepEqual(await counts(store), { services: 2 });
  });
});
