import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bytesIn, claimOf, readToken } from './token.ts';
import { tokenOf } from './testing/tokens.ts';

const encoded = (text: string): string => Buffer.from(text).toString('base64url');
const head = encoded('{"alg":"HS256"}');

describe('readToken', () => {
  it('reads header, claims and signature', () => {
    const token = readToken(tokenOf('HS256', 'secret', { iss: 'é', n: 1 }, { kid: 'k' }));
    assert.ok(typeof token === 'object');
    assert.equal(token.algorithm, 'HS256');
    assert.deepEqual(token.claims, { iss: 'é', n: 1 });
    assert.equal(token.header.kid, 'k');
    assert.equal(token.signature.length, 32);
  });

  it('says what is wrong with others', () => {
    const cases = [
      ['', 'invalid JSON'],
      ['garbage', 'invalid JSON'],
      ['a.b.c', 'invalid JSON'],
      [`${head}.${encoded('{}')}`, 'invalid JSON'],
      [`${head}.${encoded('{bad')}.x`, 'invalid JSON'],
      [`${encoded('{}')}.${encoded('{}')}.`, 'invalid alg'],
      [`${encoded('{"alg":"none"}')}.${encoded('{}')}.`, 'invalid alg'],
      [`${encoded('{"alg":"None"}')}.${encoded('{}')}.`, 'invalid alg'],
      [`${encoded('{"alg":"hs256"}')}.${encoded('{}')}.`, 'invalid alg'],
      [`${encoded('{"alg":["HS256"]}')}.${encoded('{}')}.`, 'invalid alg'],
      [`${encoded('{"alg":"constructor"}')}.${encoded('{}')}.`, 'invalid alg'],
      [`${encoded('"HS256"')}.${encoded('{}')}.`, 'invalid alg'],
      [`${encoded('null')}.${encoded('{}')}.`, 'invalid alg'],
      [`${head}.${encoded('null')}.AAAA`, 'invalid claims'],
      [`${head}.${encoded('[1]')}.AAAA`, 'invalid claims'],
      [`${head}.${encoded('5')}.AAAA`, 'invalid claims'],
      [`${head}.${encoded('{}')}.A`, 'invalid signature'],
      [`${head}.${encoded('{}')}.*`, 'invalid signature'],
      [`${head}.${encoded('{}')}.AAAA.AAAA`, 'invalid signature'],
    ] as const;
    for (const [text, fault] of cases) assert.equal(readToken(text), fault, text);
  });

  it('refuses what must be understood and is not', () => {
    for (const crit of [['b64'], ['exp'], [], 'x', null]) {
      const text = tokenOf('HS256', 'secret', {}, { crit, b64: false });
      assert.equal(readToken(text), 'unknown critical header');
    }
  });

  it('never fails, whatever the text', () => {
    const section = fc.oneof(
      fc.string(),
      fc.base64String(),
      fc.json().map(encoded),
      fc.constant(head),
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(section, { maxLength: 5 }).map((sections) => sections.join('.')),
    );
    fc.assert(
      fc.property(text, (sent) => {
        const token = readToken(sent);
        assert.ok(typeof token === 'string' || token.algorithm === token.header.alg);
      }),
      { numRuns: 5000 },
    );
  });
});

describe('claimOf', () => {
  it('finds what the token says, and nothing that every object has', () => {
    const claims = JSON.parse('{"a":1,"n":null,"__proto__":"x"}') as Record<string, unknown>;
    const names = ['a', 'n', 'toString', '__proto__'];
    const found = names.map((name) => claimOf(claims, name));
    assert.deepEqual(found, [1, undefined, undefined, 'x']);
  });
});

describe('bytesIn', () => {
  it('reads both alphabets, with padding or without', () => {
    for (const text of ['_-8', '/+8', '/+8=', '_-8=']) {
      assert.deepEqual([...(bytesIn(text) ?? [])], [0xff, 0xef], text);
    }
    for (const text of ['A', 'AA=A', 'A A', '*', 'é']) assert.equal(bytesIn(text), null, text);
  });
});
