import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { definitions } from '../../entities/tables.ts';
import type { OpenStore } from '../store.suite.ts';
import {
  certificate,
  consumer,
  entity,
  insertAll,
  plugin,
  route,
  service,
} from '../testing/entities.ts';

export function readsSuite(open: OpenStore): void {
  describe('reading', () => {
    it('gives back what was written, with its fields in the order of the definition', async () => {
      const store = await open();
      const backend = service({ name: 'orders', tags: ['b', 'a'], tls_verify: null, retries: 0 });
      const way = route({
        service: { id: backend.id },
        headers: { z: ['1', '2'], a: ['3'] },
        regex_priority: -7,
        strip_path: false,
      });
      const target = entity('upstreams', { name: 'orders.internal' });
      await insertAll(store, ['services', backend], ['routes', way], ['upstreams', target]);
      const read = await store.read.get('routes', way.id);
      assert.deepEqual(read, way);
      assert.deepEqual(Object.keys(read ?? {}), Object.keys(definitions.routes.fields));
      assert.equal(JSON.stringify(read?.headers), JSON.stringify(way.headers));
      assert.deepEqual(await store.read.get('services', backend.id), backend);
      assert.deepEqual(await store.read.get('upstreams', target.id), target);
    });

    it('keeps the order of keys in the configuration of a plugin', async () => {
      const store = await open();
      const one = { ...plugin({}), config: { z: 1, a: { y: null, b: [true, 1.5, 'x'] } } };
      await insertAll(store, ['plugins', one]);
      const read = await store.read.get('plugins', one.id);
      assert.equal(JSON.stringify(read?.config), JSON.stringify(one.config));
    });

    it('knows nothing of ids that are not there, or that are none', async () => {
      const store = await open();
      assert.equal(await store.read.get('services', crypto.randomUUID()), undefined);
      assert.equal(await store.read.get('services', 'orders'), undefined);
      assert.equal(await store.read.get('services', "'; --"), undefined);
    });

    it('finds by a unique field', async () => {
      const store = await open();
      const one = service({ name: 'orders' });
      await insertAll(store, ['services', one], ['services', service({ name: null })]);
      assert.deepEqual(await store.read.find('services', { name: 'orders' }), one);
      assert.equal(await store.read.find('services', { name: 'Orders' }), undefined);
      assert.equal(await store.read.find('services', { name: null }), undefined);
      assert.equal(await store.read.find('services', { name: 'a\0b' }), undefined);
    });

    it('finds by fields that are unique together, with those that have no value', async () => {
      const store = await open();
      const owner = consumer('ada');
      const everywhere = plugin({});
      const hers = plugin({ consumer: { id: owner.id } });
      const group = entity('acls', { consumer: { id: owner.id }, group: 'staff' });
      await insertAll(
        store,
        ['consumers', owner],
        ['plugins', everywhere],
        ['plugins', hers],
        ['acls', group],
      );
      const values = { name: 'key-auth', route: null, service: null };
      const find = (owned: string | null) =>
        store.read.find('plugins', { ...values, consumer: owned });
      assert.deepEqual(await find(null), everywhere);
      assert.deepEqual(await find(owner.id), hers);
      assert.deepEqual(
        await store.read.find('acls', { group: 'staff', consumer: owner.id }),
        group,
      );
    });

    it('refuses to find by fields that are not unique', async () => {
      const store = await open();
      await assert.rejects(store.read.find('services', { host: 'x' }), TypeError);
    });

    it('gives a certificate the sorted names of its SNIs, whatever was written there', async () => {
      const store = await open();
      const bare = certificate();
      const full = { ...certificate(), snis: ['written.test'] };
      const sni = (name: string) => entity('snis', { name, certificate: { id: full.id } });
      await insertAll(
        store,
        ['certificates', bare],
        ['certificates', full],
        ['snis', sni('b.test')],
        ['snis', sni('a.test')],
      );
      const expected = { ...full, snis: ['a.test', 'b.test'] };
      assert.deepEqual(await store.read.get('certificates', full.id), expected);
      assert.deepEqual((await store.read.get('certificates', bare.id))?.snis, []);
      const { items } = await store.read.list('certificates', { size: 10 });
      assert.deepEqual(new Map(items.map((one) => [one.id, one.snis])).get(full.id), expected.snis);
      const { tables } = await store.load();
      assert.deepEqual(tables.certificates.get(full.id), expected);
    });

    it('loads everything together with its revision', async () => {
      const store = await open();
      assert.equal((await store.load()).revision, 0);
      const one = service();
      const way = route({ service: { id: one.id } });
      const revision = await insertAll(store, ['services', one], ['routes', way]);
      const loaded = await store.load();
      assert.equal(loaded.revision, revision);
      assert.deepEqual([...loaded.tables.services.values()], [one]);
      assert.deepEqual([...loaded.tables.routes.values()], [way]);
      await insertAll(store, ['services', service()]);
      assert.equal(loaded.tables.services.size, 1, 'what was loaded stays as it was');
    });
  });
}
