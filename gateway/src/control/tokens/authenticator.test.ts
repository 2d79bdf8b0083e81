import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { StoreUnavailable, type StoredToken, type TokenStore } from '../../store/contract.ts';
import { MemoryTokens } from '../../store/memory/memory-tokens.ts';
import { Authenticator } from './authenticator.ts';
import { newSecret, tokenOf } from './secret.ts';

/** Tokens in memory that count how often they are asked, and can go away. */
class Counted extends MemoryTokens implements TokenStore {
  asked = 0;
  away = false;

  override byHash(hash: string): Promise<StoredToken | undefined> {
    this.asked += 1;
    if (this.away) return Promise.reject(new StoreUnavailable('unreachable', 'away'));
    return super.byHash(hash);
  }
}

describe('telling whose token it is', () => {
  const secret = newSecret();
  let now = Date.now();
  let tokens: Counted;
  let authenticator: Authenticator;

  async function start(expiresAt: number | null = null): Promise<StoredToken> {
    now = Date.now();
    tokens = new Counted();
    authenticator = new Authenticator(tokens, () => now);
    const token = tokenOf(secret, 'ci', expiresAt);
    await tokens.create(token);
    return token;
  }

  it('names the holder', async () => {
    const { id } = await start();
    assert.deepEqual(await authenticator.authenticate(secret), { tokenId: id, name: 'ci' });
  });

  it('knows nobody by a secret that is nearly right', async () => {
    await start();
    assert.equal(await authenticator.authenticate(secret.slice(0, -1)), undefined);
    assert.equal(await authenticator.authenticate(''), undefined);
  });

  it('keeps no secret', async () => {
    const token = await start();
    assert.ok(!JSON.stringify(token).includes(secret));
  });

  it('asks once for many requests, and again a second later', async () => {
    await start();
    await Promise.all([1, 2, 3].map(() => authenticator.authenticate(secret)));
    await authenticator.authenticate(secret);
    assert.equal(tokens.asked, 1);
    now += 1000;
    await authenticator.authenticate(secret);
    assert.equal(tokens.asked, 2);
  });

  it('honours a revocation within a second', async () => {
    const { id } = await start();
    await authenticator.authenticate(secret);
    await tokens.revoke(id, now);
    now += 1000;
    assert.equal(await authenticator.authenticate(secret), undefined);
  });

  it('honours the expiry at once', async () => {
    await start(Date.now() + 500);
    assert.ok(await authenticator.authenticate(secret));
    now += 501;
    assert.equal(await authenticator.authenticate(secret), undefined);
  });

  it('goes on with what it knew while the store is away, and with nothing else', async () => {
    await start();
    await authenticator.authenticate(secret);
    tokens.away = true;
    now += 60_000;
    assert.ok(await authenticator.authenticate(secret));
    await assert.rejects(authenticator.authenticate('another'), StoreUnavailable);
  });

  it('writes down the use of a token now and then', async () => {
    await start();
    await authenticator.authenticate(secret);
    const first = now;
    now += 5000;
    await authenticator.authenticate(secret);
    assert.equal((await tokens.list())[0]?.lastUsedAt, first);
    now += 60_000;
    await authenticator.authenticate(secret);
    assert.equal((await tokens.list())[0]?.lastUsedAt, now);
  });

  it('is not made to forget a token by many guesses', async () => {
    await start();
    await authenticator.authenticate(secret);
    for (let guess = 0; guess < 1500; guess += 1) await authenticator.authenticate(`${guess}`);
    const { asked } = tokens;
    await authenticator.authenticate(secret);
    assert.equal(tokens.asked, asked);
  });
});
