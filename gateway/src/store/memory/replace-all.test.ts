import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { counts, insertAll, outline, route, service } from '../testing/entities.ts';
import { MemoryStore } from './memory-store.ts';

describe('replacing all entities in memory', () => {
  it('makes the revision that is named, with what is different', async () => {
    const store = new MemoryStore({ revision: 4 });
    const [kept, gone, made] = [service(), service(), service()];
    await insertAll(store, ['services', kept], ['services', gone]);
    const before = await store.load();
    let calls = 0;
    store.watch(() => (calls += 1));
    const services = new Map([kept, made].map((one) => [one.id, one]));
    await store.replaceAll({ ...before.tables, services }, 9, {
      by: 'ada',
      reason: 'POST /config',
    });
    assert.equal(calls, 1);
    assert.deepEqual((await store.load()).tables.services, services);
    const revisions = await store.changesSince(5, 10);
    assert.deepEqual(
      revisions?.map(({ revision, by }) => [revision, by]),
      [[9, 'ada']],
    );
    assert.deepEqual(outline(revisions?.[0]?.changes), ['+ services', '- services']);
    assert.equal(before.tables.services.size, 2, 'what was loaded before stays as it was');
    assert.equal(await insertAll(store, ['routes', route()]), 10);
  });

  it('waits for a transaction that is under way', async () => {
    const store = new MemoryStore();
    const { tables } = await store.load();
    const slow = store.transaction(async (tx) => {
      await tx.insert('services', service());
      await new Promise(setImmediate);
    });
    await Promise.all([slow, store.replaceAll(tables, 5)]);
    assert.deepEqual(await counts(store), {});
    assert.equal((await store.load()).revision, 5);
  });
});
