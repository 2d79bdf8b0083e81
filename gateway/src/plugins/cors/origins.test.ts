import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compileOrigins, readOrigin } from './origins.ts';
import { assertLinear } from '../../plugin/testing/growth.ts';

describe('compileOrigins', () => {
  it('allows every origin where none is listed, or * alone', () => {
    for (const listed of [[], ['*']]) {
      const origins = compileOrigins(listed);
      assert.equal(origins.vary, false);
      assert.equal(origins.find('https://a.test'), '*');
      assert.equal(origins.find(undefined), '*');
    }
  });

  it('names a single origin to everybody', () => {
    const origins = compileOrigins(['https://a.test']);
    assert.equal(origins.find('https://evil.test'), 'https://a.test');
    assert.equal(origins.find(undefined), 'https://a.test');
  });

  it('allows every origin where * is among several, if there is one', () => {
    const origins = compileOrigins(['https://a.test', '*']);
    assert.equal(origins.find('https://b.test'), '*');
    assert.equal(origins.find(undefined), null);
  });

  it('compares origins without the port that goes without saying', () => {
    const origins = compileOrigins(['http://a.test:80', 'https://b.test:8443', 'c.test']);
    const found = [
      ['http://a.test', 'http://a.test'],
      ['http://a.test:80', 'http://a.test'],
      ['http://a.test:8080', null],
      ['https://a.test', null],
      ['https://b.test:8443', 'https://b.test:8443'],
      ['https://b.test', null],
      ['https://c.test', null],
      ['c.test', 'c.test'],
      ['', null],
    ] as const;
    for (const [origin, allowed] of found) assert.equal(origins.find(origin), allowed, origin);
  });

  it('allows `null` only where it is listed', () => {
    assert.equal(compileOrigins(['https://a.test', 'https://b.test']).find('null'), null);
    assert.equal(compileOrigins(['https://a.test', 'null']).find('null'), 'null');
  });

  it('anchors every alternative of an expression at both ends', () => {
    const origins = compileOrigins(['https://a\\.test|https://b\\.test']);
    assert.equal(origins.find('https://b.test'), 'https://b.test');
    for (const evil of ['https://a.test.evil.test', 'x-https://b.test', 'https://aXtest']) {
      assert.equal(origins.find(evil), null, evil);
    }
  });

  it('compares an expression without a colon with the host alone', () => {
    const origins = compileOrigins(['(.+\\.)?a\\.test']);
    assert.equal(origins.find('https://x.a.test:8443'), 'https://x.a.test:8443');
    assert.equal(origins.find('https://evila.test'), null);
    assert.equal(origins.find('https://evil.test/x.a.test'), null);
  });

  it('takes expressions that anchor themselves', () => {
    const origins = compileOrigins(['^https?://([a-z]+\\.)?a\\.test$']);
    assert.equal(origins.find('http://a.test'), 'http://a.test');
    assert.equal(origins.find('http://a.test.evil'), null);
  });

  it('decides in time linear in the origin, and not at all on one that is too long', async () => {
    const origins = compileOrigins(['^https://(a+)+$']);
    await assertLinear(50, (size) => {
      const long = `https://${'a'.repeat(size)}!`;
      for (let i = 0; i < 500; i++) assert.equal(origins.find(long), null);
    });
    assert.equal(origins.find(`https://${'a'.repeat(600)}`), null);
  });
});

describe('readOrigin', () => {
  it('finds the host of an address of IPv6', () => {
    assert.deepEqual(readOrigin('http://[::1]:80'), { text: 'http://[::1]', host: '[::1]' });
    assert.deepEqual(readOrigin('http://[::1]:3000').host, '[::1]');
  });

  it('reads what it has written as the same again, whatever it was given', () => {
    const text = fc.oneof(fc.string(), fc.webUrl(), fc.stringMatching(/^[htps:/@[\]\d.a]*$/));
    fc.assert(
      fc.property(text, (origin) => {
        const once = readOrigin(origin);
        assert.ok(once.text.includes(once.host));
        const { host } = once;
        if (once.text !== origin && host !== '' && !host.includes('@')) {
          assert.equal(readOrigin(once.text).host, host);
        }
      }),
      { seed: 20261127, numRuns: 2000 },
    );
  });

  it('allows what is listed and no origin that differs from it', () => {
    const host = fc.stringMatching(/^[a-z][a-z\d-]{0,8}(\.[a-z]{1,4}){1,2}$/);
    fc.assert(
      fc.property(host, host, (a, b) => {
        const origins = compileOrigins([`https://${a}`, 'https://other.test']);
        assert.equal(origins.find(`https://${a}`), `https://${a}`);
        if (a !== b) assert.equal(origins.find(`https://${b}`), null);
        for (const near of [`${a}.${b}`, `${b}.${a}`, `${b}${a}`, `${a}${b}`]) {
          assert.equal(origins.find(`https://${near}`), null);
        }
      }),
      { seed: 20261127, numRuns: 300 },
    );
  });
});
