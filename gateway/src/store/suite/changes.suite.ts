import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RevisionMoved } from '../contract.ts';
import type { OpenStore } from '../store.suite.ts';
import { consumer, insertAll, outline, plugin, route, service } from '../testing/entities.ts';

export function changesSuite(open: OpenStore): void {
  describe('the history', () => {
    it('tells who changed what, when and why', async () => {
      const store = await open();
      const one = service({ name: 'orders' });
      const start = Date.now();
      await store.transaction((tx) => tx.insert('services', one), { by: 'ada', reason: 'POST' });
      const after = { ...one, port: 81 };
      await store.transaction((tx) => tx.update('services', after));
      const revisions = await store.changesSince(0, 10);
      assert.equal(revisions?.length, 2);
      const [first, second] = revisions;
      assert.ok(first !== undefined && second !== undefined);
      assert.ok(first.time >= start && first.time <= Date.now());
      assert.deepEqual(first, {
        revision: 1,
        time: first.time,
        by: 'ada',
        reason: 'POST',
        changed: 1,
        changes: [{ table: 'services', id: one.id, before: null, after: one }],
      });
      assert.equal(second.by, null);
      assert.deepEqual(second.changes, [{ table: 'services', id: one.id, before: one, after }]);
    });

    it('is read from any revision on, some at a time', async () => {
      const store = await open();
      for (let count = 0; count < 5; count += 1) await insertAll(store, ['services', service()]);
      const read = async (revision: number, limit: number): Promise<number[] | undefined> =>
        (await store.changesSince(revision, limit))?.map((one) => one.revision);
      assert.deepEqual(await read(0, 2), [1, 2]);
      assert.deepEqual(await read(2, 10), [3, 4, 5]);
      assert.deepEqual(await read(5, 10), []);
      assert.equal(await read(6, 10), undefined, 'a revision that this history never had');
      const summaries = await store.revisions({ limit: 2, before: 5 });
      assert.deepEqual(
        summaries.map(({ revision, changed }) => [revision, changed]),
        [
          [4, 1],
          [3, 1],
        ],
      );
      assert.equal((await store.revisions({ limit: 10 })).length, 5);
    });

    it('leads back to an earlier revision', async () => {
      const store = await open();
      const kept = service({ name: 'kept' });
      const doomed = consumer('doomed');
      const hers = plugin({ consumer: { id: doomed.id } });
      await insertAll(store, ['services', kept], ['consumers', doomed], ['plugins', hers]);
      await store.transaction((tx) => tx.update('services', { ...kept, port: 1 }));
      await store.transaction((tx) => tx.update('services', { ...kept, port: 2 }));
      await store.transaction((tx) => tx.delete('consumers', doomed.id));
      const extra = route();
      await insertAll(store, ['routes', extra]);
      await store.transaction((tx) => tx.delete('routes', extra.id));
      const back = await store.changesBackTo(1);
      assert.deepEqual(outline(back), ['~ services', '+ consumers', '+ plugins']);
      assert.deepEqual(back?.[0], {
        table: 'services',
        id: kept.id,
        before: { ...kept, port: 2 },
        after: kept,
      });
      await store.transaction(async (tx) => {
        for (const { table, id, before, after } of back ?? []) {
          if (after === null) await tx.delete(table, id);
          else if (before === null) await tx.insert(table, after);
          else await tx.update(table, after);
        }
      });
      assert.deepEqual(await store.read.get('plugins', hers.id), hers);
      assert.deepEqual(await store.changesBackTo(7), []);
      assert.equal(await store.changesBackTo(8), undefined);
      assert.equal(await store.changesBackTo(-1), undefined);
    });

    it('takes a change only after the revision that it is to follow', async () => {
      const store = await open();
      const first = service();
      await insertAll(store, ['services', first]);
      const change = (follows: number, options = {}): Promise<unknown> =>
        store.transaction((tx) => tx.insert('services', service()), { follows, ...options });
      await change(1);
      const moved = (error: unknown): boolean =>
        error instanceof RevisionMoved && error.newest === 2;
      await assert.rejects(change(1), moved);
      await assert.rejects(change(1, { dryRun: true }), moved);
      const nothing = store.transaction((tx) => tx.get('services', first.id), { follows: 1 });
      await assert.rejects(nothing, moved);
      assert.equal((await store.revisions({ limit: 5 })).length, 2);
    });

    it('lets only one of several changes follow the same revision', async () => {
      const store = await open();
      await insertAll(store, ['services', service()]);
      const changes = Array.from({ length: 5 }, () =>
        store.transaction((tx) => tx.insert('services', service()), { follows: 1 }),
      );
      const results = await Promise.allSettled(changes);
      const made = results.filter(({ status }) => status === 'fulfilled');
      assert.equal(made.length, 1);
      for (const result of results) {
        if (result.status === 'rejected') assert.ok(result.reason instanceof RevisionMoved);
      }
      assert.equal((await store.revisions({ limit: 5 })).length, 2);
    });

    it('is announced to those who watch', async () => {
      const store = await open();
      let calls = 0;
      const end = store.watch(() => (calls += 1));
      await insertAll(store, ['services', service()]);
      assert.ok(calls > 0);
      end();
      const before = calls;
      await insertAll(store, ['services', service()]);
      assert.equal(calls, before);
    });
  });
}
