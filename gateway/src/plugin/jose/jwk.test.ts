import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { publicKeysIn } from './jwk.ts';
import { pairs } from './testing/tokens.ts';

const rsa = pairs.rsa.publicKey.export({ format: 'jwk' });
const good = { ...rsa, kid: 'good' };

const idsOf = (...keys: unknown[]): (string | null)[] =>
  publicKeysIn({ keys: [good, ...keys] }).map(({ id }) => id);

describe('publicKeysIn', () => {
  it('takes keys of every public kind, with the algorithms that they are for', () => {
    const keys = Object.values(pairs).map(({ publicKey }) => publicKey.export({ format: 'jwk' }));
    const algorithms = publicKeysIn({ keys }).map((key) => [...key.algorithms].join());
    assert.deepEqual(algorithms, [
      'RS256,RS384,RS512,PS256,PS384,PS512',
      'ES256',
      'ES384',
      'ES512',
      'EdDSA',
    ]);
  });

  it('holds a key to the algorithm that it names', () => {
    const [key] = publicKeysIn({ keys: [{ ...good, alg: 'PS256' }] });
    assert.deepEqual([...(key?.algorithms ?? [])], ['PS256']);
  });

  it('passes over what is for other purposes, unknown, broken, a secret, or of no fair length', () => {
    const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey;
    const others = [
      { ...rsa, use: 'enc' },
      { ...rsa, key_ops: ['encrypt'] },
      { ...rsa, alg: 'HS256' },
      { ...rsa, alg: 'none' },
      { ...rsa, alg: 'ES256' },
      { ...rsa, n: '' },
      { kty: 'oct', k: 'c2VjcmV0' },
      { kty: 'EC', crv: 'P-256', x: 'AAAA', y: 'AAAA' },
      { kty: 'new' },
      short.export({ format: 'jwk' }),
      null,
      'key',
      5,
      [],
    ];
    assert.deepEqual(idsOf(...others), ['good']);
  });

  it('says why a set is of no use', () => {
    for (const set of [null, 5, 'x', [], {}, { keys: 'x' }]) {
      assert.throws(() => publicKeysIn(set), /no JSON Web Key Set/);
    }
    assert.throws(() => publicKeysIn({ keys: [{ kty: 'oct', k: 'AA' }] }), /no key for signatures/);
  });

  it('takes or refuses any JSON, in words', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (keys) => {
        assert.deepEqual(idsOf(...keys), ['good']);
      }),
    );
  });
});
