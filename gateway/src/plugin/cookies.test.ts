import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cookiesOf, removeCookies } from './cookies.ts';
import { TestRequest } from './testing/test-request.ts';

function requestWith(...lines: string[]): TestRequest {
  const headers = lines.map((line): [string, string] => ['Cookie', line]);
  return new TestRequest({ headers }, () => undefined);
}

describe('cookiesOf', () => {
  it('reads all lines, spaces or not, and passes over what is no pair', () => {
    assert.deepEqual(cookiesOf(requestWith('a=1; b = x=y ;c', 'a="2"')), [
      { name: 'a', value: '1' },
      { name: 'b', value: 'x=y' },
      { name: 'a', value: '"2"' },
    ]);
    assert.deepEqual(cookiesOf(requestWith()), []);
  });

  it('takes nothing but space and tab for white space', () => {
    assert.deepEqual(cookiesOf(requestWith('a=\xc3\xa0;\tb=2')), [
      { name: 'a', value: '\xc3\xa0' },
      { name: 'b', value: '2' },
    ]);
  });
});

describe('removeCookies', () => {
  const left = (names: string[], ...lines: string[]): string | undefined => {
    const request = requestWith(...lines);
    removeCookies(request, new Set(names));
    assert.ok(request.headerValues('cookie').length < 2 || lines.length > 1);
    return request.header('cookie');
  };

  it('leaves the octets of others as they are', () => {
    assert.equal(left(['b'], 'a=\xc3\xa0; b=1'), 'a=\xc3\xa0');
  });

  it('removes every cookie of a name, and no other', () => {
    assert.equal(left(['a'], 'a=1; b=2; a=3; aa=4; A=5'), 'b=2; aa=4; A=5');
    assert.equal(left(['a'], 'x=1; a=2', 'a=3; y=4'), 'x=1; y=4');
    assert.equal(left(['a'], 'b = 1; a = 2'), 'b = 1');
  });

  it('removes the field when nothing is left, and leaves it alone when nothing was there', () => {
    assert.equal(left(['a'], 'a=1'), undefined);
    assert.equal(left(['a'], 'b=1;  c=2'), 'b=1;  c=2');
    assert.equal(left(['a']), undefined);
  });
});
