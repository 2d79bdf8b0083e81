import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store } from '../contract.ts';
import { openStore } from '../open-store.ts';
import { storeSuite } from '../store.suite.ts';

storeSuite('the store in SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-sqlite-'));
  const stores: Store[] = [];
  return {
    async open() {
      const path = join(folder, String(stores.length));
      const store = await openStore({ kind: 'sqlite', folder: path });
      stores.push(store);
      return store;
    },
    async close() {
      await Promise.all(stores.map((store) => store.close()));
      await rm(folder, { recursive: true });
    },
  };
});
