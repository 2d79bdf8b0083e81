import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { PostgresServer, withoutPostgres } from '../../../../test/support/postgres.ts';
import { until } from '../../../../test/support/until.ts';
import { StoreUnavailable, type Store } from '../contract.ts';
import { openStore, type OpenOptions } from '../open-store.ts';
import { counts, insertAll, service } from '../testing/entities.ts';

describe('a PostgreSQL whose tables are gone', { skip: withoutPostgres }, () => {
  let server: PostgresServer;
  const stores: Store[] = [];
  before(async () => {
    server = await PostgresServer.start();
  });
  after(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await server.dispose();
  });
  const open = async (url: string, options: OpenOptions = {}): Promise<Store> => {
    const store = await openStore({ kind: 'postgres', url }, options);
    stores.push(store);
    return store;
  };
  async function empty(url: string): Promise<void> {
    await server.query('DROP SCHEMA public CASCADE', url);
    await server.query('CREATE SCHEMA public', url);
  }
  async function tablesIn(url: string): Promise<number> {
    const query = "SELECT 1 FROM pg_tables WHERE schemaname = 'public'";
    return (await server.query(query, url)).length;
  }

  it('is missed by those who use it, who do not make them anew', async () => {
    const url = await server.createDatabase();
    const store = await open(url);
    await insertAll(store, ['services', service()]);
    await empty(url);
    await assert.rejects(counts(store), isGone);
    await assert.rejects(insertAll(store, ['services', service()]), isGone);
    await until(
      'it is told',
      () => /no store .* any more/.test(store.health.problem ?? '') || undefined,
    );
    assert.equal(await tablesIn(url), 0);
  });

  it('is used again when they are back', async () => {
    const url = await server.createDatabase();
    const store = await open(url);
    await empty(url);
    await assert.rejects(counts(store), isGone);
    await open(url);
    await until('it is found', () => store.health.reachable || undefined);
    await insertAll(store, ['services', service()]);
    assert.deepEqual(await counts(store), { services: 1 });
  });

  it('gets none from a node that knows that there were some', async () => {
    const url = await server.createDatabase();
    const store = await open(url, { isKnown: true });
    assert.equal(store.health.reachable, false);
    assert.match(
      store.health.problem ?? '',
      /^there is no store in the database \S+ at .* any more$/,
    );
    await assert.rejects(store.load(), isGone);
    assert.equal(await tablesIn(url), 0);
  });

  it('holds another store when they are made anew, and the same one when they are restored', async () => {
    const url = await server.createDatabase();
    const store = await open(url);
    const identity = await store.identity();
    assert.equal((await store.load()).identity, identity);
    const [row] = await server.query('SELECT min(applied_at) FROM schema_migrations', url);
    await empty(url);
    const again = await open(url);
    assert.notEqual(await again.identity(), identity);
    await server.query(`UPDATE schema_migrations SET applied_at = ${String(row?.['min'])}`, url);
    assert.equal(await again.identity(), identity);
    await server.query('DELETE FROM schema_migrations', url);
    await assert.rejects(again.load(), isGone);
  });
});

function isGone(error: unknown): boolean {
  return error instanceof StoreUnavailable && error.reason === 'missing';
}
