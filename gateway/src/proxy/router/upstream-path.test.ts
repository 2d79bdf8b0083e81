import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { forwardedPrefix, upstreamPath } from './upstream-path.ts';

describe('upstreamPath', () => {
  // service path, strip_path, request path, matched part, expected
  const cases: [string | null, boolean, string, string, string][] = [
    [null, true, '/r/x', '/r', '/x'],
    [null, true, '/r', '/r', '/'],
    [null, false, '/r/x', '/r', '/r/x'],
    ['/', true, '/r/', '/r/', '/'],
    ['/', true, '/rx', '/r', '/x'],
    ['/', false, '/', '/', '/'],
    ['/svc', true, '/r', '/r', '/svc'],
    ['/svc', true, '/r/', '/r/', '/svc/'],
    ['/svc', true, '/', '/', '/svc'],
    ['/svc', true, '/r/x', '/r', '/svc/x'],
    ['/svc', true, '/rx', '/r', '/svc/x'],
    ['/svc', true, '/r/x', '/', '/svc/r/x'],
    ['/svc', false, '/', '/', '/svc'],
    ['/svc', false, '/r/', '/r', '/svc/r/'],
    ['/svc/', true, '/r', '/r', '/svc'],
    ['/svc/', true, '/r/', '/r/', '/svc/'],
    ['/svc/', true, '/', '/', '/svc/'],
    ['/svc/', true, '/r/x', '/r', '/svc/x'],
    ['/svc/', true, '/rx', '/r', '/svc/x'],
    ['/svc/', false, '/r/x', '/r', '/svc/r/x'],
    ['/svc/', false, '/', '/', '/svc/'],
  ];
  for (const [base, strip, path, matched, expected] of cases) {
    const how = strip ? `without ${matched}` : 'whole';
    it(`joins ${base ?? 'no service path'} and ${path} ${how} to ${expected}`, () => {
      assert.equal(upstreamPath(strip, base, path, matched.length), expected);
    });
  }

  it('strips nothing for a route without path', () => {
    assert.equal(upstreamPath(true, '/svc', '/a/b', 0), '/svc/a/b');
    assert.equal(upstreamPath(true, '/svc', '/', 0), '/svc');
  });

  it('lets no dot segment arise where a segment is cut', () => {
    assert.equal(upstreamPath(true, '/base', '/e../x', 2), '/base/x');
    assert.equal(upstreamPath(true, '/base', '/e./x', 2), '/base/x');
    assert.equal(upstreamPath(true, '/base', '/e..', 2), '/base');
    assert.equal(upstreamPath(true, '/base', '/e.hidden', 2), '/base/.hidden');
  });
});

describe('forwardedPrefix', () => {
  it('is what was stripped', () => {
    assert.equal(forwardedPrefix(true, '/r/12/x', 5), '/r/12');
  });

  it('is absent when nothing is stripped, or only the root', () => {
    assert.equal(forwardedPrefix(false, '/r/x', 2), null);
    assert.equal(forwardedPrefix(true, '/r/x', 0), null);
    assert.equal(forwardedPrefix(true, '/r/x', 1), null);
  });

  it('cannot end a header line', () => {
    assert.equal(forwardedPrefix(true, '/a\r\nEvil: 1/b', 11), '/a%0D%0AEvil:%201');
  });
});
