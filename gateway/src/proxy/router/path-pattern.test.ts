import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { wireText } from './path.ts';
import { PathPattern } from './path-pattern.ts';

describe('PathPattern', () => {
  // The first form is matched by JavaScript's engine, the second by the general one.
  for (const source of ['/u/(?<id>\\d+)(/x)?', '/u/(?<id>\\d+)(?-i:)(/x)?']) {
    it(`gives the length of the match of ${source}`, () => {
      const pattern = new PathPattern(source);
      assert.equal(pattern.matchLength('/u/12/y', true), 5);
      assert.equal(pattern.matchLength('/u/x', true), -1);
      assert.equal(pattern.matchLength('/z/u/12', true), -1);
    });

    it(`gives the groups of ${source} by number and name`, () => {
      const groups = new PathPattern(source).captures('/u/12/x/y');
      assert.deepEqual({ ...groups }, { 0: '/u/12/x', 1: '12', 2: '/x', id: '12' });
    });

    it(`leaves out groups of ${source} that took no part`, () => {
      const groups = new PathPattern(source).captures('/u/12');
      assert.deepEqual({ ...groups }, { 0: '/u/12', 1: '12', id: '12' });
    });
  }

  it('anchors every alternative at the start', () => {
    const pattern = new PathPattern('/a|/b');
    assert.equal(pattern.matchLength('/b', true), 2);
    assert.equal(pattern.matchLength('/x/b', true), -1);
  });

  it('sees characters where the path holds bytes, and counts bytes', () => {
    const pattern = new PathPattern('/caf./(.)');
    const path = wireText('/café/你/x');
    assert.equal(pattern.matchLength(path, false), wireText('/café/你').length);
    assert.equal(pattern.captures(path)[1], wireText('你'));
  });

  it('takes bytes that are not UTF-8', () => {
    assert.equal(new PathPattern('/a/[^/]+/b').matchLength('/a/\xff\xfe/b', false), 7);
  });

  it('stays linear where backtracking would not', () => {
    const pattern = new PathPattern('/(a+)+$');
    assert.equal(pattern.matchLength(`/${'a'.repeat(4000)}!`, true), -1);
  });
});
