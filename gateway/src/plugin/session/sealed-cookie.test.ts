import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RecentMap } from '../recent-map.ts';
import type { CookieAttributes } from '../set-cookie.ts';
import { TestRequest } from '../testing/test-request.ts';
import { SealedCookie } from './sealed-cookie.ts';

const attributes: CookieAttributes = {
  ...{ path: '/', domain: null, sameSite: 'Lax', secure: true, httpOnly: true },
};

function cookie(more: { secret?: string; purpose?: string; most?: number } = {}) {
  const options = { name: 'sid', secret: 's', purpose: 'p', attributes, most: 3, ...more };
  return new SealedCookie<string>({
    ...options,
    read: (text) => `read ${text}`,
    opened: new RecentMap(100),
  });
}

/** A request that has kept these `Set-Cookie` fields. */
function requestWith(fields: readonly string[], before = ''): TestRequest {
  const pairs = fields.map((field) => field.split(';', 1)[0]!);
  return new TestRequest({ headers: { cookie: [before, ...pairs].join('; ') } }, () => {});
}

/** The texts that were sealed. */
function textsIn(one: SealedCookie<string>, request: TestRequest): string[] {
  return [...one.sealedIn(request)].flatMap((sealed) => one.textOf(sealed) ?? []);
}

const long = (length: number): string => randomBytes(length).toString('latin1').slice(0, length);

describe('SealedCookie', () => {
  it('comes back as what was sealed, in one cookie where there is room', () => {
    const one = cookie();
    const fields = one.set('text', null)!;
    assert.equal(fields.length, 1);
    assert.deepEqual([...one.in(requestWith(fields))], ['read text']);
    assert.deepEqual([...textsIn(one, requestWith(fields))], ['text']);
  });

  it('goes on in others, none of which is too long for browsers', () => {
    const one = cookie();
    const text = long(3500);
    const fields = one.set(text, null)!;
    assert.ok(fields.length > 1 && fields.length <= 3);
    for (const field of fields) assert.ok(field.split(';', 1)[0]!.length <= 4096);
    assert.deepEqual([...textsIn(one, requestWith(fields))], [text]);
    assert.deepEqual([...textsIn(one, requestWith(fields.toReversed()))], [text]);
    assert.deepEqual([...textsIn(one, requestWith(fields.slice(0, -1)))], []);
  });

  it('is not made where it needs more cookies than it may have', () => {
    assert.equal(cookie().set(long(9000), null), null);
    assert.equal(cookie({ most: 1 }).set('x'.repeat(4000), null), null);
  });

  it('passes over what is left of a longer one', () => {
    const one = cookie();
    const old = one.set(long(3500), null)!.slice(1);
    assert.deepEqual([...textsIn(one, requestWith([...old, ...one.set('new', null)!]))], ['new']);
  });

  it('does not open under another secret, purpose or name', () => {
    const fields = cookie().set('text', null)!;
    assert.deepEqual([...cookie({ secret: 't' }).in(requestWith(fields))], []);
    assert.deepEqual([...cookie({ purpose: 'q' }).in(requestWith(fields))], []);
    const renamed = fields.map((field) => field.replace('sid', 'other'));
    assert.deepEqual([...cookie().in(requestWith(renamed))], []);
  });

  it('finds the right one among others of the same name', () => {
    const one = cookie();
    const fields = one.set('text', null)!;
    assert.deepEqual([...one.in(requestWith(fields, 'sid=AQAA; sid=2.; sid'))], ['read text']);
  });

  it('is not looked for in ever more cookies of the name, which anybody can send', () => {
    const one = cookie({ most: 9 });
    const fields = one.set('text', null)!;
    const before = (count: number): string => Array(count).fill('sid=9.AQ').join('; ');
    assert.deepEqual([...one.in(requestWith(fields, before(7)))], ['read text']);
    assert.deepEqual([...one.in(requestWith(fields, before(8)))], []);
  });

  it('takes nothing that was changed, and never throws', () => {
    const one = cookie();
    const text = long(3500);
    const fields = one.set(text, null)!;
    const whole = requestWith(fields).header('cookie')!;
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.string({ maxLength: 3 }), (at, put) => {
        const changed = whole.slice(0, at) + put + whole.slice(at + 1);
        const request = new TestRequest({ headers: { cookie: changed } }, () => {});
        for (const found of textsIn(one, request)) assert.equal(found, text);
      }),
      { seed: 6, numRuns: 300 },
    );
  });
});
