import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { splitTarget } from './target.ts';
import type { TargetParts } from './target.ts';

function split(target: string): TargetParts | null {
  const parts: TargetParts = { path: 'old', query: 'old', authority: 'old' };
  return splitTarget(target, parts) ? parts : null;
}

describe('splitTarget', () => {
  it('splits the origin form at the first question mark', () => {
    assert.deepEqual(split('/a/b?x=1?y'), { path: '/a/b', query: '?x=1?y', authority: null });
  });

  it('tells a lone question mark from no query', () => {
    assert.deepEqual(split('/a?'), { path: '/a', query: '?', authority: null });
    assert.deepEqual(split('/a'), { path: '/a', query: '', authority: null });
  });

  it('keeps what looks like a fragment in the path', () => {
    assert.equal(split('/a#b')?.path, '/a#b');
  });

  it('gives the authority of the absolute form', () => {
    const parts = { path: '/x/y', query: '?q=1', authority: 'ABS.test:81' };
    assert.deepEqual(split('http://ABS.test:81/x/y?q=1'), parts);
  });

  it('does not mind the case of the scheme', () => {
    assert.equal(split('HTTPS://a.test/')?.authority, 'a.test');
  });

  it('gives an absolute form without path the root', () => {
    assert.deepEqual(split('http://a.test'), { path: '/', query: '', authority: 'a.test' });
    assert.deepEqual(split('http://a.test?q'), { path: '/', query: '?q', authority: 'a.test' });
  });

  const refused = ['*', 'a.test:443', 'x', '?q=1', '', 'ftp://a.test/', 'http://', 'http:///x'];
  for (const target of [...refused, 'http://u@a.test/', 'http://:80/', 'http://a.test#/x']) {
    it(`refuses ${target === '' ? 'nothing' : target}`, () => assert.equal(split(target), null));
  }
});
