import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { brokenEscape, normalisePath } from './url-path.ts';

describe('normalisePath', () => {
  it('resolves dot segments and merges slashes', () => {
    assert.equal(normalisePath('/a/../b'), '/b');
    assert.equal(normalisePath('/a/./b'), '/a/b');
    assert.equal(normalisePath('/a/..'), '/');
    assert.equal(normalisePath('/a/b/.'), '/a/b/');
    assert.equal(normalisePath('/../a'), '/a');
    assert.equal(normalisePath('/a//b'), '/a/b');
    assert.equal(normalisePath('/a.b/...'), '/a.b/...');
  });

  it('decodes what is not reserved and writes the rest in upper case', () => {
    assert.equal(normalisePath('/%41%62'), '/Ab');
    assert.equal(normalisePath('/a%2fb'), '/a%2Fb');
    assert.equal(normalisePath('/caf%C3%A9'), '/café');
    assert.equal(normalisePath('/a%20b'), '/a b');
  });

  it('keeps escapes that are no text', () => {
    assert.equal(normalisePath('/%ff'), '/%FF');
  });

  it('changes nothing the second time', () => {
    const piece = fc.constantFrom('a', '.', '..', '/', '%2f', '%2E', '%41', '%25', 'é', '%ff', '-');
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const once = normalisePath(`/${pieces.join('')}`);
        // An escape that was decoded may make a new one only if `%` itself were decoded.
        assert.equal(normalisePath(once), once);
      }),
    );
  });
});

describe('brokenEscape', () => {
  it('finds the first escape that is none', () => {
    assert.equal(brokenEscape('/%41/%zz'), '%zz');
    assert.equal(brokenEscape('/%4'), '%4');
    assert.equal(brokenEscape('/%41%C3%a9'), undefined);
  });
});
