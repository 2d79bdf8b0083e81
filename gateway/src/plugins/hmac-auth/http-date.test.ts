import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readHttpDate } from './http-date.ts';

describe('readHttpDate', () => {
  it('reads the three forms of HTTP', () => {
    for (const text of [
      'Sun, 06 Nov 1994 08:49:37 GMT',
      'Sunday, 06-Nov-94 08:49:37 GMT',
      'Sun Nov  6 08:49:37 1994',
    ]) {
      assert.equal(readHttpDate(text), 784111777, text);
    }
  });

  it('reads what it wrote itself', () => {
    const second = fc.integer({ min: 0, max: 4_000_000_000 });
    fc.assert(
      fc.property(second, (time) => {
        assert.equal(readHttpDate(new Date(time * 1000).toUTCString()), time);
      }),
    );
  });

  it('takes nothing else for a date', () => {
    for (const text of [
      '',
      'now',
      '784111777',
      '1994-11-06T08:49:37Z',
      'Sun, 06 Nov 1994 08:49:37 +0000',
      'Sun, 06 Nov 1994 08:49:37 GMT ',
      'Sun, 6 Nov 1994 08:49:37 GMT',
      'Sun, 31 Jun 1994 08:49:37 GMT',
      'Sun, 06 Foo 1994 08:49:37 GMT',
      'Sun, 06 Nov 1994 24:49:37 GMT',
      'Sun, 06 Nov 1994 08:60:37 GMT',
    ]) {
      assert.equal(readHttpDate(text), null, text);
    }
  });

  it('makes a number or nothing of any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const read = readHttpDate(text);
        assert.ok(read === null || Number.isFinite(read));
      }),
    );
  });
});
