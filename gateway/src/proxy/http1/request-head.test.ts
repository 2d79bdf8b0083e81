import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Limits } from '../../settings/node-settings.ts';
import { INCOMPLETE, parseLength, RequestHead } from './request-head.ts';

const LIMITS: Limits = {
  requestLine: 8192,
  head: 32768,
  field: 32768,
  fields: 100,
  headStatus: 431,
  body: 0,
};

function parse(text: string, limits: Partial<Limits> = {}): [number, RequestHead] {
  const head = new RequestHead();
  return [read(head, text, 0, limits), head];
}

function read(head: RequestHead, text: string, start = 0, limits: Partial<Limits> = {}): number {
  const bytes = Buffer.from(text, 'latin1');
  return head.parse(bytes, start, bytes.length, { ...LIMITS, ...limits });
}

function outcome(text: string, limits: Partial<Limits> = {}): number {
  return parse(text, limits)[0];
}

const get = (fields: string): string => `GET / HTTP/1.1\r\nHost: a\r\n${fields}\r\n`;

describe('a request head', () => {
  it('gives method, target, host and fields', () => {
    const [status, head] = parse(
      'POST /a?b=1 HTTP/1.1\r\nHost: Shop:80\r\nX-A:\t one two \r\n\r\nrest',
    );
    assert.equal(status, 0);
    assert.equal(head.method, 'POST');
    assert.equal(head.target, '/a?b=1');
    assert.equal(head.host, 'Shop:80');
    assert.equal(head.count, 2);
    assert.equal(head.name(1), 'X-A');
    assert.equal(head.value(1), 'one two');
    assert.equal(head.text.slice(head.end), 'rest');
  });

  it('is incomplete at every point before its end', () => {
    const whole = get('Content-Length: 3\r\nX-A: b\r\n');
    for (let length = 0; length < whole.length; length++) {
      assert.equal(
        outcome(whole.slice(0, length)),
        INCOMPLETE,
        JSON.stringify(whole.slice(0, length)),
      );
    }
    assert.equal(outcome(whole), 0);
  });

  it('can be used again for the next request without traces of the last', () => {
    const head = new RequestHead();
    read(
      head,
      get('Transfer-Encoding: chunked\r\nExpect: 100-continue\r\nConnection: x, close\r\n'),
    );
    assert.equal(read(head, 'GET / HTTP/1.0\r\n\r\n'), 0);
    assert.equal(head.chunked, false);
    assert.equal(head.expectContinue, false);
    assert.equal(head.hopNames, null);
    assert.equal(head.host, '');
    assert.equal(head.keepAlive, false);
  });

  const refused: [string, string, number][] = [
    ['a bare line feed', 'GET / HTTP/1.1\nHost: a\n\n', 400],
    ['a bare carriage return in a value', get('X-A: b\rc\r\n'), 400],
    ['a folded line', get('X-A: b\r\n c\r\n'), 400],
    ['a space before the colon', get('X-A : b\r\n'), 400],
    ['a field without a name', get(': b\r\n'), 400],
    ['a line without a colon', get('nonsense\r\n'), 400],
    ['a NUL in a value', get('X-A: b\0c\r\n'), 400],
    ['a space in front of the first field', 'GET / HTTP/1.1\r\n Host: a\r\n\r\n', 400],
    ['two spaces in the request line', 'GET  / HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['a request line without a version', 'GET /\r\nHost: a\r\n\r\n', 400],
    ['a fragment in the target', 'GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['a lower-case protocol', 'GET / http/1.1\r\nHost: a\r\n\r\n', 400],
    ['another major version', 'GET / HTTP/2.0\r\nHost: a\r\n\r\n', 505],
    ['a missing Host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['two Hosts', get('Host: a\r\n'), 400],
    ['an empty Host', 'GET / HTTP/1.1\r\nHost:\r\n\r\n', 400],
    ['a Host with a path', 'GET / HTTP/1.1\r\nHost: a/b\r\n\r\n', 400],
    ['a Host with user information', 'GET / HTTP/1.1\r\nHost: u@a\r\n\r\n', 400],
    [
      'Content-Length beside Transfer-Encoding',
      get('Content-Length: 1\r\nTransfer-Encoding: chunked\r\n'),
      400,
    ],
    ['Content-Length twice, though equal', get('Content-Length: 1\r\nContent-Length: 1\r\n'), 400],
    ['a list as Content-Length', get('Content-Length: 1, 1\r\n'), 400],
    ['a signed Content-Length', get('Content-Length: +1\r\n'), 400],
    ['an empty Content-Length', get('Content-Length:\r\n'), 400],
    ['another transfer coding', get('Transfer-Encoding: gzip, chunked\r\n'), 400],
    ['a transfer coding with a parameter', get('Transfer-Encoding: chunked;a=b\r\n'), 400],
    [
      'Transfer-Encoding twice',
      get('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n'),
      400,
    ],
    ['a tab behind the transfer coding', get('Transfer-Encoding: chunked \t\r\n'), 400],
    ['Transfer-Encoding in HTTP/1.0', 'POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n', 400],
    ['an expectation nobody knows', get('Expect: tea\r\n'), 417],
    ['two Authorizations', get('Authorization: a\r\nAuthorization: b\r\n'), 400],
  ];
  for (const [what, text, status] of refused) {
    it(`is refused for ${what}`, () => assert.equal(outcome(text), status));
  }

  it('keeps the fields before a malformed one, so that the answer can follow Accept', () => {
    const [status, head] = parse(get('Accept: text/html\r\nbad line\r\n'));
    assert.equal(status, 400);
    assert.equal(head.count, 2);
    assert.equal(head.value(1), 'text/html');
  });

  it('meets the limit of the request line with 414, arrived or not', () => {
    const line = `GET /${'a'.repeat(200)}`;
    assert.equal(outcome(line, { requestLine: 100 }), 414);
    assert.equal(outcome(`${line} HTTP/1.1\r\nHost: a\r\n\r\n`, { requestLine: 100 }), 414);
  });

  it('meets the limits of fields, of one field and of the head with 431', () => {
    assert.equal(outcome(get('A: 1\r\nB: 2\r\nC: 3\r\n'), { fields: 3 }), 431);
    assert.equal(outcome(get(`A: ${'x'.repeat(60)}\r\n`), { field: 50 }), 431);
    assert.equal(outcome(get(`A: ${'x'.repeat(60)}\r\n`), { head: 50 }), 431);
    assert.equal(outcome(`GET / HTTP/1.1\r\nHost: a\r\nA: ${'x'.repeat(60)}`, { head: 50 }), 431);
  });

  it('reads Connection as a list', () => {
    const [, head] = parse(get('Connection: Keep-Alive, X-Drop ,close\r\n'));
    assert.equal(head.keepAlive, false);
    assert.deepEqual(head.hopNames, ['x-drop']);
  });

  it('takes no other octet for white space in Connection than space and tab', () => {
    const kept = (value: string): boolean =>
      parse(`GET / HTTP/1.0\r\nConnection: ${value}\r\n\r\n`)[1].keepAlive;
    assert.equal(kept('x,\t keep-alive \t,y'), true);
    assert.equal(kept('\xa0keep-alive'), false);
    assert.equal(kept('x,keep-alive\xa0'), false);
  });

  it('takes an upgrade only where Connection names it', () => {
    assert.equal(parse(get('Upgrade: websocket\r\n'))[1].upgrade, false);
    assert.equal(parse(get('Upgrade: websocket\r\nConnection: Upgrade\r\n'))[1].upgrade, true);
  });

  it('keeps HTTP/1.0 connections only on request', () => {
    assert.equal(parse('GET / HTTP/1.0\r\n\r\n')[1].keepAlive, false);
    assert.equal(parse('GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n')[1].keepAlive, true);
    assert.equal(parse(get(''))[1].keepAlive, true);
  });

  it('finds more fields than it had room for', () => {
    const lines = Array.from({ length: 90 }, (_, i) => `X-${i}: ${i}\r\n`).join('');
    const [status, head] = parse(get(lines));
    assert.equal(status, 0);
    assert.equal(head.count, 91);
    assert.equal(head.value(90), '89');
  });
});

describe('parseLength', () => {
  it('reads digits only, up to 15 of them', () => {
    assert.equal(parseLength('0'), 0);
    assert.equal(parseLength('999999999999999'), 999_999_999_999_999);
    for (const bad of ['', '-1', '1 ', ' 1', '0x1', '1e3', '1.0', '1000000000000000']) {
      assert.equal(parseLength(bad), -1, JSON.stringify(bad));
    }
  });
});

describe('a head that repeats the fields of the one before', () => {
  it('means the same, whatever its request line and position', () => {
    const head = new RequestHead();
    const fields = 'Host: Shop:81\r\nContent-Length: 7\r\nConnection: x-hop\r\n\r\n';
    assert.equal(read(head, `GET /a HTTP/1.1\r\n${fields}`), 0);
    assert.equal(read(head, `..POST /longer?b HTTP/1.1\r\n${fields}rest`, 2), 0);
    assert.equal(head.repeated, true);
    assert.equal(head.method, 'POST');
    assert.equal(head.target, '/longer?b');
    assert.equal(head.hostName, 'shop');
    assert.equal(head.hostPort, 81);
    assert.equal(head.contentLength, 7);
    assert.deepEqual(head.hopNames, ['x-hop']);
    assert.equal(head.value(1), '7');
    assert.equal(head.text.slice(head.end), 'rest');
  });

  it('means the same when it is the same to the last byte, and only then', () => {
    const head = new RequestHead();
    const text = 'GET /a HTTP/1.1\r\nHost: a\r\nX-A: 1\r\n\r\n';
    const meaning = (): unknown[] => [head.target, head.host, head.value(1), head.text, head.end];
    assert.equal(read(head, text), 0);
    const first = meaning();
    assert.equal(read(head, text), 0);
    assert.equal(head.repeated, true);
    assert.deepEqual(meaning(), first);
    assert.equal(read(head, text.slice(0, -1)), INCOMPLETE);
    assert.equal(read(head, text), 0);
    assert.deepEqual(meaning(), first);
    assert.equal(read(head, text.replace('X-A: 1', 'X-A: 2')), 0);
    assert.equal(head.value(1), '2');
    assert.equal(read(head, text.replace('X-A:', 'X-A :')), 400);
    head.clear();
    assert.equal(read(head, text), 0);
    assert.deepEqual(meaning(), first);
  });

  it('is judged anew where the version differs', () => {
    const head = new RequestHead();
    const fields = 'Host: a\r\nTransfer-Encoding: chunked\r\n\r\n';
    assert.equal(read(head, `GET / HTTP/1.1\r\n${fields}`), 0);
    assert.equal(read(head, `GET / HTTP/1.0\r\n${fields}`), 400);
    assert.equal(read(head, `GET / HTTP/1.1\r\n${fields}`), 0);
    assert.equal(head.chunked, true);
  });

  it('is refused again when it was refused before', () => {
    const head = new RequestHead();
    const text = get('Content-Length: 1\r\nContent-Length: 1\r\n');
    assert.equal(read(head, text), 400);
    assert.equal(read(head, text), 400);
  });

  it('is known again some time after many heads that were all new', () => {
    const head = new RequestHead();
    for (let i = 0; i < 100; i++) {
      assert.equal(read(head, get(`X-Key: ${i}\r\n`)), 0);
      assert.equal(head.value(1), String(i));
    }
    let known = 0;
    for (let i = 0; i < 100; i++) {
      assert.equal(read(head, `GET /${i} HTTP/1.1\r\nHost: a\r\nX-Key: same\r\n\r\n`), 0);
      assert.equal(head.value(1), 'same');
      if (head.repeated) known++;
    }
    assert.ok(known >= 36, `${known} of 100`);
  });

  it('does not pass for one that only begins alike', () => {
    const head = new RequestHead();
    assert.equal(read(head, get('')), 0);
    assert.equal(read(head, 'GET / HTTP/1.1\r\nHost: a\r\nX-B: 1\r\n\r\n'), 0);
    assert.equal(head.repeated, false);
    assert.equal(head.count, 2);
    assert.equal(read(head, 'GET / HTTP/1.1\r\nHost: a\r\nX-B: 1\r\n'), INCOMPLETE);
  });
});
