import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { escapePath, normalisePath, wireText } from './path.ts';

describe('normalisePath', () => {
  const forms: [string, string, string][] = [
    ['leaves a normal path alone', '/foo/bar.txt', '/foo/bar.txt'],
    ['decodes unreserved characters', '/%66oo/%7Eu/a%2Eb%2d%5F', '/foo/~u/a.b-_'],
    ['decodes characters that are neither reserved nor unreserved', '/a%20b%22%5C', '/a b"\\'],
    ['keeps escapes of reserved characters, in upper case', '/a%2fb%3f%5bx%25', '/a%2Fb%3F%5Bx%25'],
    ['decodes bytes beyond ASCII one by one', '/caf%c3%a9', '/caf\xc3\xa9'],
    ['removes dot segments', '/foo/./bar/../baz', '/foo/baz'],
    ['removes escaped dot segments', '/foo/%2e%2E/bar/%2e', '/bar/'],
    ['merges slashes', '//foo///bar//', '/foo/bar/'],
    ['ends in a slash where the last segment was dots', '/foo/bar/..', '/foo/'],
    ['is the root when all segments are gone', '/foo/..', '/'],
    ['leaves segments alone that only begin with dots', '/.hidden/..;/...', '/.hidden/..;/...'],
    ['decodes once', '/%2565', '/%2565'],
  ];
  for (const [name, raw, normal] of forms) {
    it(name, () => assert.equal(normalisePath(raw), normal));
  }

  const refused: [string, string][] = [
    ['a malformed escape', '/foo%zz'],
    ['an escape cut short', '/foo%2'],
    ['an escaped NUL', '/foo%00'],
    ['dots above the root', '/../x'],
    ['dots above the root on the way', '/a/../../a/b/c'],
    ['escaped dots above the root', '/%2e%2e/x'],
    ['dots above the root with escaped slashes', '/e/..%2f..%2fetc'],
  ];
  for (const [name, raw] of refused) {
    it(`refuses ${name}`, () => assert.equal(normalisePath(raw), null));
  }

  it('gives the same again for its own result', () => {
    for (const [, raw] of forms) {
      const once = normalisePath(raw)!;
      assert.equal(normalisePath(once), once);
    }
  });
});

describe('escapePath', () => {
  it('leaves a path alone that may stand in a request line', () => {
    const path = "/a-Z_0.~!$&'()*+,;=:@%2F[x]#?";
    assert.equal(escapePath(path), path);
  });

  it('escapes what may not stand there', () => {
    assert.equal(
      escapePath('/a b"\\|^{}`<>\r\n\x7f'),
      '/a%20b%22%5C%7C%5E%7B%7D%60%3C%3E%0D%0A%7F',
    );
  });

  it('escapes bytes beyond ASCII', () => {
    assert.equal(escapePath(wireText('/é你')), '/%C3%A9%E4%BD%A0');
  });

  it('takes text that was not turned into bytes', () => {
    assert.equal(escapePath('/你'), '/%E4%BD%A0');
  });
});
