import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setCookie } from './set-cookie.ts';

describe('setCookie', () => {
  const plain = { path: '/', domain: null, sameSite: null, secure: false, httpOnly: false };

  it('has the attributes that are asked for, and no other', () => {
    assert.equal(setCookie('a', 'b', plain, null), 'a=b; Path=/');
    const all = { path: '/x', domain: 'shop.test', sameSite: 'Lax', secure: true, httpOnly: true };
    assert.equal(
      setCookie('a', 'b', all as never, null),
      'a=b; Path=/x; Domain=shop.test; SameSite=Lax; Secure; HttpOnly',
    );
  });

  it('says for how long it is kept, or that it is to be deleted', () => {
    const kept = setCookie('a', 'b', plain, 60);
    const until = /^a=b; Path=\/; Expires=(.*); Max-Age=60$/.exec(kept)?.[1];
    assert.ok(Math.abs(Date.parse(until ?? '') - Date.now() - 60_000) < 2000);
    assert.equal(
      setCookie('a', '', plain, 0),
      'a=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0',
    );
  });
});
