import { describe } from 'node:test';
import { PostgresServer, withoutPostgres } from '../../../../test/support/postgres.ts';
import type { Store } from '../contract.ts';
import { openStore } from '../open-store.ts';
import { storeSuite } from '../store.suite.ts';

describe('PostgreSQL', { skip: withoutPostgres }, () => {
  storeSuite('the store in PostgreSQL', async () => {
    const server = await PostgresServer.start();
    const stores: Store[] = [];
    return {
      async open() {
        const store = await openStore({ kind: 'postgres', url: await server.createDatabase() });
        stores.push(store);
        return store;
      },
      async close() {
        await Promise.all(stores.map((store) => store.close()));
        await server.dispose();
      },
    };
  });
});
