import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nearest } from './nearest.ts';

describe('the nearest word', () => {
  const words = ['workers', 'watch', 'headers', 'headers-upstream'];

  for (const [typed, meant] of [
    ['worker', 'workers'],
    ['wrokers', 'workers'],
    ['wathc', 'watch'],
    ['heders', 'headers'],
    ['header-upstream', 'headers-upstream'],
  ] as const) {
    it(`to ${typed} is ${meant}`, () => assert.equal(nearest(typed, words), meant));
  }

  it('is none when every word is far', () => {
    assert.equal(nearest('drain', words), undefined);
    assert.equal(nearest('', words), undefined);
  });
});
