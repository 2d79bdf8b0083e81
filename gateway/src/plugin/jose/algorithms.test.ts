import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { describe, it } from 'node:test';
import { ALGORITHMS, keyFits, signatureFits, type Algorithm } from './algorithms.ts';
import { pairFor, pairs, tokenOf } from './testing/tokens.ts';

const secret = createSecretKey(Buffer.from('secret'));

function split(token: string): { signed: string; signature: Buffer } {
  const dot = token.lastIndexOf('.');
  return { signed: token.slice(0, dot), signature: Buffer.from(token.slice(dot + 1), 'base64url') };
}

function keysFor(algorithm: Algorithm) {
  if (algorithm.startsWith('HS')) return { signing: secret, verifying: secret };
  const { privateKey, publicKey } = pairFor(algorithm);
  return { signing: privateKey, verifying: publicKey };
}

describe('signatures', () => {
  for (const algorithm of ALGORITHMS) {
    it(`of ${algorithm} are right for the text and the key alone`, () => {
      const { signing, verifying } = keysFor(algorithm);
      const { signed, signature } = split(tokenOf(algorithm, signing, { a: 1 }));
      assert.ok(keyFits(algorithm, verifying));
      assert.equal(signatureFits(algorithm, verifying, signed, signature), true);
      assert.equal(signatureFits(algorithm, verifying, `${signed} `, signature), false);
      const changed = Buffer.from(signature);
      changed[changed.length - 1]! ^= 1;
      assert.equal(signatureFits(algorithm, verifying, signed, changed), false);
    });

    it(`of ${algorithm} are wrong at any other length, empty ones too`, () => {
      const { signing, verifying } = keysFor(algorithm);
      const { signed, signature } = split(tokenOf(algorithm, signing, {}));
      for (const wrong of [
        Buffer.alloc(0),
        signature.subarray(1),
        Buffer.concat([signature, Buffer.alloc(1)]),
        Buffer.alloc(signature.length),
      ]) {
        assert.equal(signatureFits(algorithm, verifying, signed, wrong), false);
      }
    });

    it(`of ${algorithm} are verified with keys of its kind alone`, () => {
      const all = [secret, ...Object.values(pairs).map(({ publicKey }) => publicKey)];
      const fitting = all.filter((key) => keyFits(algorithm, key));
      assert.deepEqual(fitting, [keysFor(algorithm).verifying]);
    });
  }
});
