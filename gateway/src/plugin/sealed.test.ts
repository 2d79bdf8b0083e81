import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Seal } from './sealed.ts';

const seal = new Seal('secret', 'tests');

describe('Seal', () => {
  it('opens what it sealed, and shows nothing of it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const sealed = seal.seal(text);
        assert.match(sealed, /^[\w-]+$/);
        assert.equal(seal.open(sealed), text);
      }),
    );
    assert.doesNotMatch(Buffer.from(seal.seal('readable'), 'base64url').toString(), /readable/);
  });

  it('seals the same text in another way each time', () => {
    assert.notEqual(seal.seal('same'), seal.seal('same'));
  });

  it('opens nothing in which a single bit was changed', () => {
    const bytes = Buffer.from(seal.seal('text'), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      assert.equal(seal.open(changed.toString('base64url')), null, `bit ${bit}`);
    }
  });

  it('opens nothing that was sealed with another secret or for another purpose', () => {
    const sealed = seal.seal('text');
    assert.equal(new Seal('other', 'tests').open(sealed), null);
    assert.equal(new Seal('secret', 'other').open(sealed), null);
    assert.equal(new Seal('secret', 'tests').open(sealed), 'text');
  });

  it('opens nothing else, whatever it is, and never fails', () => {
    const sealed = seal.seal('text');
    const near = fc.nat({ max: sealed.length }).map((length) => sealed.slice(0, length));
    const others = fc.oneof(fc.string({ unit: 'binary' }), fc.base64String(), near);
    fc.assert(
      fc.property(others, (text) => {
        assert.equal(seal.open(text), text === sealed ? 'text' : null);
      }),
      { numRuns: 1000 },
    );
    for (const other of [`${sealed}=`, `${sealed} `, `${sealed}A`, ` ${sealed}`]) {
      assert.equal(seal.open(other), null);
    }
  });
});
