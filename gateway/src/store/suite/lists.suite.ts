import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InvalidOffset, type ListQuery, type Store } from '../contract.ts';
import type { OpenStore } from '../store.suite.ts';
import type { TableName } from '../../entities/tables.ts';
import { entity, insertAll, route, service } from '../testing/entities.ts';

export function listsSuite(open: OpenStore): void {
  describe('lists', () => {
    it('come in pages ordered by id', async () => {
      const store = await open();
      const all = Array.from({ length: 7 }, () => service());
      await insertAll(store, ...all.map((one) => ['services', one] as const));
      const ids = all.map(({ id }) => id).sort();
      const pages = await readPages(store, 'services', { size: 3 });
      assert.deepEqual(pages, [ids.slice(0, 3), ids.slice(3, 6), ids.slice(6)]);
      const whole = await store.read.list('services', { size: 7 });
      assert.equal(whole.next, undefined, 'a full last page has no next one');
      assert.deepEqual(
        whole.items.find(({ id }) => id === all[0]?.id),
        all[0],
      );
    });

    it('go on behind an entity that was deleted meanwhile', async () => {
      const store = await open();
      const all = Array.from({ length: 4 }, () => service());
      await insertAll(store, ...all.map((one) => ['services', one] as const));
      const ids = all.map(({ id }) => id).sort();
      const first = await store.read.list('services', { size: 2 });
      await store.transaction((tx) => tx.delete('services', ids[1] ?? ''));
      const second = await store.read.list('services', { size: 2, after: first.next });
      assert.deepEqual(
        second.items.map(({ id }) => id),
        ids.slice(2),
      );
    });

    it('have the newest target first', async () => {
      const store = await open();
      const upstream = entity('upstreams', { name: 'orders.internal' });
      const made = [5.001, 5.002, 9, 5.002, 1].map((created_at, index) =>
        entity('targets', { upstream: { id: upstream.id }, target: `h${index}:1`, created_at }),
      );
      await insertAll(
        store,
        ['upstreams', upstream],
        ...made.map((one) => ['targets', one] as const),
      );
      const expected = [...made].sort(
        (a, b) => b.created_at - a.created_at || (a.id < b.id ? 1 : -1),
      );
      const where = { field: 'upstream', id: upstream.id };
      const pages = await readPages(store, 'targets', { size: 2, where });
      assert.deepEqual(
        pages.flat(),
        expected.map(({ id }) => id),
      );
    });

    it('can be restricted to what belongs to an entity', async () => {
      const store = await open();
      const [a, b] = [service(), service()];
      const ways = [a, b, a].map(({ id }) => route({ service: { id } }));
      await insertAll(
        store,
        ['services', a],
        ['services', b],
        ...ways.map((one) => ['routes', one] as const),
      );
      const of = async (id: string): Promise<number> =>
        (await store.read.list('routes', { size: 10, where: { field: 'service', id } })).items
          .length;
      assert.equal(await of(a.id), 2);
      assert.equal(await of(b.id), 1);
      assert.equal(await of(crypto.randomUUID()), 0);
      assert.equal(await of('no id'), 0);
    });

    it('can be restricted to all or any of some tags', async () => {
      const store = await open();
      const ab = service({ tags: ['a', 'b'] });
      const b = service({ tags: ['b'] });
      const c = service({ tags: ['c'] });
      const none = service();
      const all = [ab, b, c, none];
      await insertAll(store, ...all.map((one) => ['services', one] as const));
      const ids = async (tags: NonNullable<ListQuery['tags']>): Promise<string[]> =>
        (await readPages(store, 'services', { size: 1, tags })).flat();
      const sorted = (...some: { id: string }[]): string[] => some.map(({ id }) => id).sort();
      assert.deepEqual(await ids({ all: ['a', 'b'] }), sorted(ab));
      assert.deepEqual(await ids({ all: ['b'] }), sorted(ab, b));
      assert.deepEqual(await ids({ any: ['a', 'c'] }), sorted(ab, c));
      assert.deepEqual(await ids({ all: ['a', 'c'] }), []);
      assert.deepEqual(await ids({ any: ["' or 1=1 --"] }), []);
    });

    it('refuse offsets that were never given', async () => {
      const store = await open();
      const forged = (place: unknown): string =>
        Buffer.from(JSON.stringify(place)).toString('base64url');
      const bad = ['', 'x', '!!', forged(['x']), forged([1]), forged({}), forged([null]), '%'];
      for (const after of [...bad, `${forged([crypto.randomUUID()])}=`]) {
        await assert.rejects(store.read.list('services', { size: 1, after }), InvalidOffset, after);
      }
      const ofTargets = forged([1, crypto.randomUUID()]);
      await assert.rejects(
        store.read.list('services', { size: 1, after: ofTargets }),
        InvalidOffset,
      );
    });
  });
}

/** The ids of each page of a list. */
async function readPages(store: Store, table: TableName, query: ListQuery): Promise<string[][]> {
  const pages: string[][] = [];
  let after: string | undefined;
  do {
    const page = await store.read.list(table, { ...query, after });
    pages.push(page.items.map(({ id }) => id));
    after = page.next;
  } while (after !== undefined);
  return pages.at(-1)?.length === 0 ? pages.slice(0, -1) : pages;
}
