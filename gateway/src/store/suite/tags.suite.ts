import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InvalidOffset, type Store, type TagQuery, type TagUse } from '../contract.ts';
import type { OpenStore } from '../store.suite.ts';
import { consumer, insertAll, service } from '../testing/entities.ts';

export function tagsSuite(open: OpenStore): void {
  describe('tags', () => {
    it('are listed by tag, table and id, in pages', async () => {
      const store = await open();
      const ada = consumer('ada', { tags: ['b', 'a', 'é', '\u{1F600}', '\uFF5E'] });
      const one = service({ tags: ['b'] });
      const two = service({ tags: ['B'] });
      await insertAll(store, ['consumers', ada], ['services', one], ['services', two]);
      const uses = await readTags(store, { size: 2 });
      assert.deepEqual(
        uses.map(({ tag, table }) => `${tag} ${table}`),
        [
          'B services',
          'a consumers',
          'b consumers',
          'b services',
          'é consumers',
          '\uFF5E consumers',
          '\u{1F600} consumers',
        ],
      );
      assert.equal(uses[0]?.id, two.id);
      assert.deepEqual(await readTags(store, { size: 1, tag: 'b' }), uses.slice(2, 4));
      assert.deepEqual(await readTags(store, { size: 1, tag: 'none' }), []);
    });

    it('follow their entity', async () => {
      const store = await open();
      const one = service({ tags: ['a', 'b'] });
      await insertAll(store, ['services', one]);
      const tags = async (): Promise<string[]> =>
        (await readTags(store, { size: 9 })).map(({ tag }) => tag);
      await store.transaction((tx) => tx.update('services', { ...one, tags: ['c', 'b'] }));
      assert.deepEqual(await tags(), ['b', 'c']);
      await store.transaction((tx) => tx.update('services', { ...one, tags: null }));
      assert.deepEqual(await tags(), []);
      await store.transaction((tx) => tx.update('services', { ...one, tags: ['d'] }));
      await store.transaction((tx) => tx.delete('services', one.id));
      assert.deepEqual(await tags(), []);
    });

    it('refuse offsets that were never given', async () => {
      const store = await open();
      for (const after of ['x', Buffer.from('["a"]').toString('base64url')]) {
        await assert.rejects(store.read.tags({ size: 1, after }), InvalidOffset);
      }
    });
  });
}

async function readTags(store: Store, query: TagQuery): Promise<TagUse[]> {
  const uses: TagUse[] = [];
  let after: string | undefined;
  do {
    const page = await store.read.tags({ ...query, after });
    assert.ok(page.items.length <= query.size);
    uses.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  return uses;
}
