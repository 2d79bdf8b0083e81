import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { OpenStore } from '../store.suite.ts';
import { consumer, entity, insertAll, outline } from '../testing/entities.ts';

export function expirySuite(open: OpenStore): void {
  describe('what expires', () => {
    it('is neither read nor listed any more, and is swept away', async () => {
      const store = await open();
      const ada = consumer('ada');
      const second = Math.floor(Date.now() / 1000);
      const key = (name: string, expires_at: number | null) => ({
        ...entity('keyauth_credentials', { key: name, consumer: { id: ada.id } }),
        expires_at,
      });
      const [lasting, later, gone] = [
        key('lasting', null),
        key('later', second + 3600),
        key('gone', second - 1),
      ];
      await insertAll(
        store,
        ['consumers', ada],
        ['keyauth_credentials', lasting],
        ['keyauth_credentials', later],
        ['keyauth_credentials', gone],
      );
      assert.deepEqual(await store.read.get('keyauth_credentials', later.id), later);
      assert.equal(await store.read.get('keyauth_credentials', gone.id), undefined);
      assert.equal(await store.read.find('keyauth_credentials', { key: 'gone' }), undefined);
      const { items } = await store.read.list('keyauth_credentials', { size: 10 });
      assert.deepEqual(items.map((one) => one.id).sort(), [lasting.id, later.id].sort());
      assert.equal((await store.load()).tables.keyauth_credentials.size, 2);

      assert.equal(await store.sweepExpired(), 1);
      assert.equal(await store.sweepExpired(), 0);
      const [, swept] = (await store.changesSince(0, 10)) ?? [];
      assert.deepEqual(outline(swept?.changes), ['- keyauth_credentials']);
      assert.equal(swept?.by, null);
      assert.equal(await store.sweepExpired((second + 3601) * 1000), 1);
      assert.equal((await store.load()).tables.keyauth_credentials.size, 1);
    });
  });
}
