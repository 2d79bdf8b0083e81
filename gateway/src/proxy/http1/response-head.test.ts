import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HEAD_COMPLETE, HEAD_INCOMPLETE, HEAD_INVALID, ResponseHead } from './response-head.ts';

function parse(text: string): [number, ResponseHead] {
  const head = new ResponseHead();
  const bytes = Buffer.from(text, 'latin1');
  return [head.parse(bytes, 0, bytes.length), head];
}

describe('a response head', () => {
  it('gives status, reason and framing', () => {
    const [outcome, head] = parse('HTTP/1.1 201 Made it\r\nContent-Length: 5\r\n\r\nhello');
    assert.equal(outcome, HEAD_COMPLETE);
    assert.equal(head.status, 201);
    assert.equal(head.reason, 'Made it');
    assert.equal(head.contentLength, 5);
    assert.equal(head.keepAlive, true);
    assert.equal(head.text.slice(head.end), 'hello');
  });

  it('takes an empty reason, with its space or without', () => {
    assert.equal(parse('HTTP/1.1 200 \r\n\r\n')[0], HEAD_COMPLETE);
    assert.equal(parse('HTTP/1.1 200\r\n\r\n')[0], HEAD_COMPLETE);
  });

  it('is incomplete at every point before its end', () => {
    const whole = 'HTTP/1.1 200 OK\r\nX-A: b\r\n\r\n';
    for (let length = 0; length < whole.length; length++) {
      assert.equal(parse(whole.slice(0, length))[0], HEAD_INCOMPLETE, String(length));
    }
  });

  for (const [what, text] of [
    ['another protocol', 'ICY 200 OK\r\n\r\n'],
    ['another major version', 'HTTP/2 200\r\n\r\n'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
    ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n'],
    ['a status below 100', 'HTTP/1.1 099 OK\r\n\r\n'],
    ['a bare line feed', 'HTTP/1.1 200 OK\nX-A: b\n\n'],
    ['a folded line', 'HTTP/1.1 200 OK\r\nX-A: b\r\n c\r\n\r\n'],
    ['a space before the colon', 'HTTP/1.1 200 OK\r\nX-A : b\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n'],
    ['a malformed length', 'HTTP/1.1 200 OK\r\nContent-Length: 1a\r\n\r\n'],
    [
      'a length beside chunked',
      'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
    ],
    ['another transfer coding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n'],
    ['a tab behind chunked', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\t\r\n\r\n'],
    ['chunked in HTTP/1.0', 'HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'],
  ] as const) {
    it(`is invalid for ${what}`, () => assert.equal(parse(text)[0], HEAD_INVALID));
  }

  it('tells whether the connection stays open', () => {
    assert.equal(parse('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n')[1].keepAlive, false);
    assert.equal(parse('HTTP/1.0 200 OK\r\n\r\n')[1].keepAlive, false);
    assert.equal(parse('HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n')[1].keepAlive, true);
    const padded = 'HTTP/1.0 200 OK\r\nConnection: keep-alive\xa0\r\n\r\n';
    assert.equal(parse(padded)[1].keepAlive, false);
  });
});

describe('a response head that is the same as the one before', () => {
  it('means the same, and what differs in one byte does not', () => {
    const head = new ResponseHead();
    const read = (text: string): number => {
      const bytes = Buffer.from(text, 'latin1');
      return head.parse(bytes, 0, bytes.length);
    };
    const text = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab';
    for (const body of ['ab', 'ab', 'ac']) {
      assert.equal(read(text.replace('ab', body)), HEAD_COMPLETE);
      assert.equal(head.contentLength, 2);
      assert.equal(head.text.slice(head.end), body);
    }
    assert.equal(read(text.replace('200', '204')), HEAD_COMPLETE);
    assert.equal(head.keepAlive, false);
    assert.equal(read(text), HEAD_COMPLETE);
    assert.equal(head.keepAlive, true);
    assert.equal(read(text.replace('Length: 2', 'Length: x')), HEAD_INVALID);
    assert.equal(read(text), HEAD_COMPLETE);
  });
});
