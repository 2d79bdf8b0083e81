import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StoreConflict, type Conflict, type Store, type StoreTransaction } from '../contract.ts';
import type { OpenStore } from '../store.suite.ts';
import {
  consumer,
  counts,
  entity,
  insertAll,
  plugin,
  route,
  service,
} from '../testing/entities.ts';

export function conflictsSuite(open: OpenStore): void {
  describe('a conflict', () => {
    it('of a unique value names the field and the value', async () => {
      const store = await open();
      await insertAll(store, ['services', service({ name: 'orders' })]);
      const other = service({ name: 'other' });
      await insertAll(store, ['services', other]);
      const expected = { kind: 'unique', table: 'services', values: { name: 'orders' } };
      const insert = service({ name: 'orders' });
      assert.deepEqual(await conflictOf(store, (tx) => tx.insert('services', insert)), expected);
      const update = { ...other, name: 'orders' };
      assert.deepEqual(await conflictOf(store, (tx) => tx.update('services', update)), expected);
      assert.deepEqual(await counts(store), { services: 2 });
    });

    it('of several unique fields names the one at fault', async () => {
      const store = await open();
      await insertAll(store, ['consumers', consumer('ada', { custom_id: '7' })]);
      const second = consumer('bob', { custom_id: '7' });
      assert.deepEqual(await conflictOf(store, (tx) => tx.insert('consumers', second)), {
        kind: 'unique',
        table: 'consumers',
        values: { custom_id: '7' },
      });
    });

    it('of several kinds at once names the id, or else the first field', async () => {
      const store = await open();
      const ada = consumer('ada', { custom_id: '7' });
      await insertAll(store, ['consumers', ada]);
      const both = consumer('ada', { custom_id: '7' });
      assert.deepEqual(await conflictOf(store, (tx) => tx.insert('consumers', both)), {
        kind: 'unique',
        table: 'consumers',
        values: { username: 'ada' },
      });
      const all = { ...both, id: ada.id };
      const conflict = await conflictOf(store, (tx) => tx.insert('consumers', all));
      assert.equal(conflict.kind, 'primary-key');
    });

    it('of values that are unique together counts those that are missing', async () => {
      const store = await open();
      const owner = consumer('ada');
      await insertAll(store, ['consumers', owner], ['plugins', plugin({})]);
      const same = plugin({});
      assert.deepEqual(await conflictOf(store, (tx) => tx.insert('plugins', same)), {
        kind: 'unique',
        table: 'plugins',
        values: { name: 'key-auth', route: null, service: null, consumer: null },
      });
      const hers = { consumer: { id: owner.id } };
      await insertAll(store, ['plugins', plugin(hers)]);
      assert.deepEqual(await conflictOf(store, (tx) => tx.insert('plugins', plugin(hers))), {
        kind: 'unique',
        table: 'plugins',
        values: { name: 'key-auth', route: null, service: null, consumer: { id: owner.id } },
      });
    });

    it('of an id names it', async () => {
      const store = await open();
      const one = service();
      await insertAll(store, ['services', one]);
      const again = { ...service(), id: one.id };
      const expected = { kind: 'primary-key', table: 'services', id: one.id };
      assert.deepEqual(await conflictOf(store, (tx) => tx.insert('services', again)), expected);
      const twice = service();
      const conflict = await conflictOf(store, async (tx) => {
        await tx.insert('services', twice);
        await tx.insert('services', twice);
      });
      assert.deepEqual(conflict, { ...expected, id: twice.id });
    });

    it('of a reference names what is missing', async () => {
      const store = await open();
      const one = service();
      await insertAll(store, ['services', one]);
      const id = crypto.randomUUID();
      const expected = {
        kind: 'foreign-key',
        table: 'plugins',
        field: 'consumer',
        reference: 'consumers',
        id,
      };
      const bad = plugin({ service: { id: one.id }, consumer: { id } });
      assert.deepEqual(await conflictOf(store, (tx) => tx.insert('plugins', bad)), expected);
      const good = plugin({ service: { id: one.id } });
      await insertAll(store, ['plugins', good]);
      const update = { ...good, consumer: { id } };
      assert.deepEqual(await conflictOf(store, (tx) => tx.update('plugins', update)), expected);
    });

    it('among many entities names the one at fault', async () => {
      const store = await open();
      await insertAll(store, ['services', service({ name: 's150' })]);
      const many = Array.from({ length: 300 }, (_, index) => service({ name: `s${index}` }));
      const conflict = await conflictOf(store, async (tx) => {
        for (const one of many) await tx.insert('services', one);
      });
      assert.deepEqual(conflict, { kind: 'unique', table: 'services', values: { name: 's150' } });
      const id = crypto.randomUUID();
      const ways = Array.from({ length: 300 }, (_, index) =>
        route(index === 222 ? { service: { id } } : {}),
      );
      const missing = await conflictOf(store, async (tx) => {
        for (const one of ways) await tx.insert('routes', one);
      });
      assert.deepEqual(missing, {
        kind: 'foreign-key',
        table: 'routes',
        field: 'service',
        reference: 'services',
        id,
      });
      assert.deepEqual(await counts(store), { services: 1 });
    });

    it('of an entity that is not there to be updated names it', async () => {
      const store = await open();
      const one = service();
      assert.deepEqual(await conflictOf(store, (tx) => tx.update('services', one)), {
        kind: 'missing',
        table: 'services',
        id: one.id,
      });
    });

    it('tells values that not every store can keep', async () => {
      const store = await open();
      const problem = async (table: 'consumers' | 'services', one: object): Promise<string> => {
        const conflict = await conflictOf(store, (tx) => tx.insert(table, one as never));
        return conflict.kind === 'value' ? `${conflict.field} ${conflict.problem}` : conflict.kind;
      };
      const nul = consumer('a\0b');
      assert.equal(await problem('consumers', nul), 'username must not contain a NUL character');
      const long = consumer('é'.repeat(1001));
      assert.equal(await problem('consumers', long), 'username must not be longer than 2000 bytes');
      await insertAll(store, ['consumers', consumer('é'.repeat(1000))]);
    });

    it('does not arise from values that change hands within a transaction', async () => {
      const store = await open();
      const [a, b, c] = [service({ name: 'a' }), service({ name: 'b' }), service({ name: 'c' })];
      const all = [a, b, c].map((one) => ['services', one] as const);
      await insertAll(store, ...all);
      const fresh = service({ name: 'c' });
      await store.transaction(async (tx) => {
        await tx.insert('services', fresh);
        await tx.update('services', { ...a, name: 'b' });
        await tx.update('services', { ...b, name: 'a' });
        await tx.delete('services', c.id);
      });
      const idOf = async (name: string) => (await store.read.find('services', { name }))?.id;
      assert.equal(await idOf('a'), b.id);
      assert.equal(await idOf('b'), a.id);
      assert.equal(await idOf('c'), fresh.id);
    });

    it('does not arise from the order in which entities are written', async () => {
      const store = await open();
      const one = service();
      const old = service();
      const way = route({ service: { id: old.id } });
      await insertAll(store, ['services', old], ['routes', way]);
      await store.transaction(async (tx) => {
        await tx.insert('plugins', plugin({ route: { id: way.id }, service: { id: one.id } }));
        await tx.update('routes', { ...way, service: { id: one.id } });
        await tx.insert('services', one);
        await tx.delete('services', old.id);
      });
      assert.deepEqual(await counts(store), { services: 1, routes: 1, plugins: 1 });
    });

    it('does not arise from values that were given up', async () => {
      const store = await open();
      const key = { upstream: { id: '' }, target: 'h:1' };
      const upstream = entity('upstreams', { name: 'orders.internal' });
      key.upstream.id = upstream.id;
      const target = entity('targets', key);
      await insertAll(store, ['upstreams', upstream], ['targets', target]);
      await store.transaction(async (tx) => {
        await tx.delete('targets', target.id);
        await tx.insert('targets', entity('targets', key));
      });
      const again = entity('targets', key);
      const conflict = await conflictOf(store, (tx) => tx.insert('targets', again));
      assert.deepEqual(conflict, { kind: 'unique', table: 'targets', values: key });
    });
  });
}

async function conflictOf(
  store: Store,
  work: (tx: StoreTransaction) => Promise<unknown>,
): Promise<Conflict> {
  const error: unknown = await store.transaction(work).then(
    () => new Error('there was no conflict'),
    (reason: unknown) => reason,
  );
  if (error instanceof StoreConflict) return error.conflict;
  throw error;
}
