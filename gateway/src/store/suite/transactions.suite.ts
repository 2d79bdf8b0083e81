import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StoreConflict } from '../contract.ts';
import type { OpenStore } from '../store.suite.ts';
import {
  certificate,
  counts,
  entity,
  insertAll,
  outline,
  route,
  service,
} from '../testing/entities.ts';

export function transactionsSuite(open: OpenStore): void {
  describe('a transaction', () => {
    it('is all or nothing', async () => {
      const store = await open();
      const failure = new Error('changed my mind');
      const attempt = store.transaction(async (tx) => {
        await tx.insert('services', service());
        await tx.list('services', { size: 1 });
        throw failure;
      });
      await assert.rejects(attempt, failure);
      assert.deepEqual(await counts(store), {});
      assert.equal((await store.load()).revision, 0);
      assert.equal(await insertAll(store, ['services', service()]), 1, 'and leaves no gap');
    });

    it('sees its own writes, and nobody else does', async () => {
      const store = await open();
      const old = service({ name: 'old' });
      const gone = service({ name: 'gone' });
      await insertAll(store, ['services', old], ['services', gone]);
      const made = service({ name: 'made' });
      await store.transaction(async (tx) => {
        await tx.insert('services', made);
        await tx.update('services', { ...old, name: 'new' });
        await tx.delete('services', gone.id);
        assert.deepEqual(await tx.get('services', made.id), made);
        assert.equal((await tx.find('services', { name: 'new' }))?.id, old.id);
        assert.equal(await tx.find('services', { name: 'old' }), undefined);
        assert.equal(await tx.find('services', { name: 'gone' }), undefined);
        assert.equal(await tx.get('services', gone.id), undefined);
        const { items } = await tx.list('services', { size: 9 });
        assert.deepEqual(items.map(({ name }) => name).sort(), ['made', 'new']);
        assert.equal((await store.read.find('services', { name: 'old' }))?.id, old.id);
        assert.equal(await store.read.get('services', made.id), undefined);
      });
      assert.deepEqual(await store.read.get('services', made.id), made);
    });

    it('sees the names of SNIs as it leaves them', async () => {
      const store = await open();
      const [a, b] = [certificate(), certificate()];
      const sni = entity('snis', { name: 'x.test', certificate: { id: a.id } });
      await insertAll(store, ['certificates', a], ['certificates', b], ['snis', sni]);
      const { changes } = await store.transaction(async (tx) => {
        await tx.update('snis', { ...sni, certificate: { id: b.id } });
        assert.deepEqual((await tx.get('certificates', a.id))?.snis, []);
        assert.deepEqual((await tx.get('certificates', b.id))?.snis, ['x.test']);
        await tx.insert('snis', entity('snis', { name: 'y.test', certificate: { id: a.id } }));
      });
      const of = (id: string) => changes.find((change) => change.id === id);
      assert.deepEqual(of(a.id)?.before, { ...a, snis: ['x.test'] });
      assert.deepEqual(of(a.id)?.after, { ...a, snis: ['y.test'] });
      assert.deepEqual(of(b.id)?.after, { ...b, snis: ['x.test'] });
    });

    it('makes one change of an entity that it touches twice', async () => {
      const store = await open();
      const kept = service({ name: 'kept' });
      await insertAll(store, ['services', kept]);
      const made = service();
      const { changes } = await store.transaction(async (tx) => {
        await tx.insert('services', made);
        await tx.update('services', { ...made, retries: 7 });
        await tx.list('services', { size: 1 });
        await tx.update('services', { ...made, retries: 8 });
        const brief = service();
        await tx.insert('services', brief);
        await tx.delete('services', brief.id);
        await tx.update('services', { ...kept, port: 1 });
        await tx.update('services', kept);
      });
      const after = { ...made, retries: 8 };
      assert.deepEqual(changes, [{ table: 'services', id: made.id, before: null, after }]);
    });

    it('that changes nothing makes no revision', async () => {
      const store = await open();
      const one = service();
      const revision = await insertAll(store, ['services', one]);
      const { changes, revision: same } = await store.transaction(async (tx) => {
        await tx.update('services', { ...one });
        assert.equal(await tx.delete('services', crypto.randomUUID()), false);
        assert.equal(await tx.delete('services', 'no id'), false);
      });
      assert.deepEqual(changes, []);
      assert.equal(same, revision);
    });

    it('can be tried without effect', async () => {
      const store = await open();
      const one = service({ name: 'orders' });
      await insertAll(store, ['services', one]);
      const dryRun = true;
      const tried = await store.transaction((tx) => tx.delete('services', one.id), { dryRun });
      assert.equal(tried.value, true);
      assert.equal(tried.revision, 1);
      assert.deepEqual(outline(tried.changes), ['- services']);
      const conflicting = store.transaction(
        (tx) => tx.insert('services', service({ name: 'orders' })),
        { dryRun },
      );
      await assert.rejects(conflicting, StoreConflict);
      assert.deepEqual(await counts(store), { services: 1 });
      assert.equal((await store.load()).revision, 1);
    });

    it('is judged by its changes before they are committed', async () => {
      const store = await open();
      const one = service();
      const judged: string[][] = [];
      const refusal = new Error('cannot be served');
      const attempt = store.transaction((tx) => tx.insert('services', one), {
        judge: (changes) => {
          judged.push(outline(changes));
          throw refusal;
        },
      });
      await assert.rejects(attempt, refusal);
      assert.deepEqual(judged, [['+ services']]);
      assert.deepEqual(await counts(store), {});
      await store.transaction((tx) => tx.insert('services', one), {
        judge: () => Promise.resolve(),
      });
      assert.deepEqual(await counts(store), { services: 1 });
    });

    it('does not let anyone write after it is over', async () => {
      const store = await open();
      const { value: late } = await store.transaction((tx) => Promise.resolve(tx));
      await assert.rejects(late.insert('services', service()), /transaction is over/);
      assert.deepEqual(await counts(store), {});
    });

    it('cannot go on after a conflict', async () => {
      const store = await open();
      const one = service();
      const attempt = store.transaction(async (tx) => {
        await tx.update('services', one).catch(() => undefined);
        await tx.insert('services', service()).catch(() => undefined);
      });
      await assert.rejects(attempt, StoreConflict);
      assert.deepEqual(await counts(store), {});
    });

    it('takes many entities at once', async () => {
      const store = await open();
      const services = Array.from({ length: 700 }, (_, index) =>
        service({ name: `s${index}`, tags: ['all', `t${index % 3}`] }),
      );
      const routes = services.map(({ id }) => route({ service: { id } }));
      await store.transaction(async (tx) => {
        for (const one of services) await tx.insert('services', one);
        for (const one of routes) await tx.insert('routes', one);
      });
      assert.deepEqual(await counts(store), { services: 700, routes: 700 });
      const tagged = { size: 1000, tags: { all: ['all', 't1'] } };
      assert.equal((await store.read.list('services', tagged)).items.length, 233);
    });
  });
}
