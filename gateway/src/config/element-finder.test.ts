import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ElementFinder } from './element-finder.ts';

describe('ElementFinder', () => {
  it('finds what stands where it stood', () => {
    const finder = new ElementFinder(['a', 'b', 'c'], 3);
    assert.deepEqual(
      ['a', 'b', 'c'].map((text, index) => finder.find(text, index)),
      [0, 1, 2],
    );
  });

  it('finds what was shifted by something new or gone', () => {
    const longer = new ElementFinder(['a', 'b', 'c'], 4);
    assert.deepEqual(
      ['a', 'new', 'b', 'c'].map((text, index) => longer.find(text, index)),
      [0, -1, 1, 2],
    );
    const shorter = new ElementFinder(['a', 'b', 'c'], 2);
    assert.deepEqual(
      ['a', 'c'].map((text, index) => shorter.find(text, index)),
      [0, 2],
    );
  });

  it('finds what has moved anywhere', () => {
    const texts = Array.from({ length: 1000 }, (_, index) => `{"name":"service-${index}"}`);
    const finder = new ElementFinder(texts, texts.length);
    for (const [index, text] of texts.toReversed().entries()) {
      assert.equal(finder.find(text, index), 999 - index);
    }
  });

  it('tells texts apart that have one hash', () => {
    // A pair that collides in 32 bits of FNV-1a.
    const finder = new ElementFinder(['x', 'costarring', 'liquid', 'y'], 9);
    assert.equal(finder.find('liquid', 8), 2);
    assert.equal(finder.find('costarring', 8), 1);
    assert.equal(finder.find('declinate', 8), -1);
  });
});
