import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StoreConflict } from '../contract.ts';
import type { OpenStore } from '../store.suite.ts';
import {
  certificate,
  consumer,
  counts,
  entity,
  insertAll,
  outline,
  plugin,
  route,
  service,
} from '../testing/entities.ts';

export function deletesSuite(open: OpenStore): void {
  describe('deleting', () => {
    it('takes along what belongs to an entity, and tells it', async () => {
      const store = await open();
      const ada = consumer('ada');
      const owned = { consumer: { id: ada.id } };
      await insertAll(
        store,
        ['consumers', ada],
        ['consumers', consumer('bob')],
        ['keyauth_credentials', entity('keyauth_credentials', owned)],
        ['keyauth_credentials', entity('keyauth_credentials', owned)],
        ['acls', entity('acls', { ...owned, group: 'staff', tags: ['t'] })],
        ['plugins', plugin({ ...owned, name: 'rate-limiting' })],
      );
      const { value, changes } = await store.transaction((tx) => tx.delete('consumers', ada.id));
      assert.equal(value, true);
      assert.deepEqual(outline(changes), [
        '- plugins',
        '- acls',
        '- keyauth_credentials',
        '- keyauth_credentials',
        '- consumers',
      ]);
      assert.deepEqual(await counts(store), { consumers: 1 });
      assert.deepEqual((await store.read.tags({ size: 9 })).items, []);
    });

    it('takes along what was made in the same transaction', async () => {
      const store = await open();
      const ada = consumer('ada');
      const { changes } = await store.transaction(async (tx) => {
        await tx.insert('consumers', ada);
        await tx.insert('plugins', plugin({ consumer: { id: ada.id } }));
        await tx.delete('consumers', ada.id);
      });
      assert.deepEqual(changes, []);
      assert.deepEqual(await counts(store), {});
    });

    it('leaves alone what was taken away from an entity before', async () => {
      const store = await open();
      const ada = consumer('ada');
      const one = plugin({ consumer: { id: ada.id } });
      await insertAll(store, ['consumers', ada], ['plugins', one]);
      await store.transaction(async (tx) => {
        await tx.update('plugins', { ...one, consumer: null });
        await tx.delete('consumers', ada.id);
      });
      assert.deepEqual(await counts(store), { plugins: 1 });
    });

    it('is refused while something refers to an entity that does not go with it', async () => {
      const store = await open();
      const one = service();
      const way = route({ service: { id: one.id } });
      await insertAll(store, ['services', one], ['routes', way]);
      const attempt = store.transaction((tx) => tx.delete('services', one.id));
      await assert.rejects(attempt, (error) => {
        assert.ok(error instanceof StoreConflict);
        assert.deepEqual(error.conflict, {
          kind: 'referenced',
          table: 'services',
          id: one.id,
          by: 'routes',
          byId: way.id,
        });
        return true;
      });
      await store.transaction(async (tx) => {
        await tx.delete('routes', way.id);
        await tx.delete('services', one.id);
      });
      assert.deepEqual(await counts(store), {});
    });

    it('takes the SNIs of a certificate along, but not a certificate in use', async () => {
      const store = await open();
      const one = certificate();
      const sni = entity('snis', { name: 'a.test', certificate: { id: one.id } });
      const user = service({ protocol: 'https', client_certificate: { id: one.id } });
      await insertAll(store, ['certificates', one], ['snis', sni], ['services', user]);
      const attempt = store.transaction((tx) => tx.delete('certificates', one.id));
      await assert.rejects(attempt, StoreConflict);
      assert.deepEqual(await counts(store), { certificates: 1, snis: 1, services: 1 });
      const { changes } = await store.transaction(async (tx) => {
        await tx.delete('services', user.id);
        await tx.delete('certificates', one.id);
      });
      const gone = changes.find(({ table }) => table === 'certificates');
      assert.deepEqual(gone?.before, { ...one, snis: ['a.test'] });
      assert.deepEqual(await counts(store), {});
    });
  });
}
