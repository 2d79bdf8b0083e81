import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findPlaces } from './find-places.ts';

describe('findPlaces', () => {
  it('finds what stands where it stood', () => {
    assert.deepEqual(findPlaces(['a', 'new', 'c'], ['a', 'b', 'c']), [0, -1, 2]);
  });

  it('finds what was shifted by something new or gone', () => {
    assert.deepEqual(findPlaces(['a', 'new', 'b', 'c'], ['a', 'b', 'c']), [0, -1, 1, 2]);
    assert.deepEqual(findPlaces(['a', 'c'], ['a', 'b', 'c']), [0, 2]);
  });

  it('finds what has moved anywhere', () => {
    const texts = Array.from({ length: 1000 }, (_, index) => `{"name":"service-${index}"}`);
    const expected = texts.map((_, index) => 999 - index);
    assert.deepEqual(findPlaces(texts.toReversed(), texts), expected);
  });

  it('tells texts apart that have one hash', () => {
    // Both have the same 32 bits of FNV-1a.
    const before = ['x', 'costarring', 'liquid', 'y'];
    assert.deepEqual(
      findPlaces(['liquid', 'a', 'b', 'c', 'costarring'], before),
      [2, -1, -1, -1, 1],
    );
    assert.deepEqual(findPlaces(['liquid'], ['costarring', 'x']), [-1]);
  });
});
