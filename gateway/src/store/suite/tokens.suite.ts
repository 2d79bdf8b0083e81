import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import type { StoredToken } from '../contract.ts';
import type { OpenStore } from '../store.suite.ts';

export function tokensSuite(open: OpenStore): void {
  describe('tokens', () => {
    it('are found by the hash of their secret, and listed in the order of their making', async () => {
      const { tokens } = await open();
      const a = token('a', { createdAt: 2000 });
      const b = token('b', { createdAt: 1000, expiresAt: 5000 });
      assert.equal(await tokens.create(b), true);
      assert.equal(await tokens.create(a), true);
      assert.deepEqual(await tokens.byHash(a.hash), a);
      assert.equal(await tokens.byHash('nothing'), undefined);
      assert.deepEqual(await tokens.list(), [b, a]);
    });

    it('have a name that only one of those in force has', async () => {
      const { tokens } = await open();
      const first = token('ci', { createdAt: 1000, expiresAt: 2000 });
      await tokens.create(first);
      assert.equal(await tokens.create(token('ci', { createdAt: 1500 })), false);
      const second = token('ci', { createdAt: 2000 });
      assert.equal(await tokens.create(second), true, 'the first one has expired');
      assert.equal(await tokens.create(token('ci', { createdAt: 3000 })), false);
      assert.equal(await tokens.revoke(second.id, 3500), true);
      assert.equal(await tokens.create(token('ci', { createdAt: 4000 })), true);
    });

    it('are revoked once', async () => {
      const { tokens } = await open();
      const one = token('ci');
      await tokens.create(one);
      assert.equal(await tokens.revoke(one.id, 7000), true);
      assert.equal(await tokens.revoke(one.id, 8000), false);
      assert.equal(await tokens.revoke('unknown', 8000), false);
      assert.equal((await tokens.byHash(one.hash))?.revokedAt, 7000);
    });

    it('remember when they were used', async () => {
      const { tokens } = await open();
      const one = token('ci');
      await tokens.create(one);
      await tokens.touch(one.id, 9000);
      assert.deepEqual(await tokens.list(), [{ ...one, lastUsedAt: 9000 }]);
    });

    it('have one that is the first, whoever else tries', async () => {
      const { tokens } = await open();
      const tries = Array.from({ length: 8 }, (_, index) => token(`t${index}`));
      const results = await Promise.all(tries.map((one) => tokens.createFirst(one)));
      assert.equal(results.filter(Boolean).length, 1);
      const [first] = await tokens.list();
      await tokens.revoke(first?.id ?? '', 1);
      assert.equal(await tokens.createFirst(token('late')), false, 'there has been one');
    });
  });
}

function token(name: string, more: Partial<StoredToken> = {}): StoredToken {
  const id = crypto.randomUUID();
  return {
    id,
    name,
    hash: createHash('sha256').update(id).digest('hex'),
    createdAt: 1000,
    expiresAt: null,
    revokedAt: null,
    lastUsedAt: null,
    ...more,
  };
}
