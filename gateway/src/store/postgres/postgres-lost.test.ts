import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { PostgresServer, withoutPostgres } from '../../../../test/support/postgres.ts';
import { StoreUnavailable, type Store } from '../contract.ts';
import { openStore } from '../open-store.ts';
import { counts, insertAll, service } from '../testing/entities.ts';
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
