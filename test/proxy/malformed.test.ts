import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { field } from '../support/http-message.ts';
import { get } from '../support/message.ts';
import { useSite } from '../support/site.ts';

const smuggled = get('/smuggled');

/** Requests that are ambiguous or broken, each with what is wrong with it. */
const broken: readonly (readonly [string, string])[] = [
  [
    'Content-Length together with Transfer-Encoding',
    `POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
  ],
  [
    'two different Content-Lengths',
    `POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\nhello`,
  ],
  [
    'two equal Content-Lengths',
    `POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello`,
  ],
  ['a list of Content-Lengths', `POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5, 5\r\n\r\nhello`],
  ['a signed Content-Length', `POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +5\r\n\r\nhello`],
  ['a negative Content-Length', `POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n`],
  [
    'a hexadecimal Content-Length',
    `POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0x5\r\n\r\nhello`,
  ],
  ['an empty Content-Length', `POST / HTTP/1.1\r\nHost: h\r\nContent-Length: \r\n\r\n`],
  [
    'a Content-Length beyond what can be counted',
    `POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999999999\r\n\r\n`,
  ],
  [
    'a transfer coding other than chunked',
    `POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
  ],
  [
    'a transfer coding that only looks like chunked',
    `POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
  ],
  [
    'two Transfer-Encodings',
    `POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n`,
  ],
  [
    'Transfer-Encoding in HTTP/1.0',
    `POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  ['lines that end in a bare LF', `GET / HTTP/1.1\nHost: h\n\n`],
  ['one field line that ends in a bare LF', `GET / HTTP/1.1\r\nHost: h\nX: y\r\n\r\n`],
  ['a bare CR in a field', `GET / HTTP/1.1\r\nHost: h\r\nX: a\rb\r\n\r\n`],
  ['a folded field line', `GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n`],
  ['a space before the colon', `GET / HTTP/1.1\r\nHost: h\r\nX : y\r\n\r\n`],
  ['a field line without a colon', `GET / HTTP/1.1\r\nHost: h\r\nnonsense\r\n\r\n`],
  ['an empty field name', `GET / HTTP/1.1\r\nHost: h\r\n: y\r\n\r\n`],
  ['white space before the first field', `GET / HTTP/1.1\r\n Host: h\r\n\r\n`],
  ['NUL in a field', `GET / HTTP/1.1\r\nHost: h\r\nX: a\0b\r\n\r\n`],
  ['a control character in a field', `GET / HTTP/1.1\r\nHost: h\r\nX: a\x01b\r\n\r\n`],
  ['DEL in a field', `GET / HTTP/1.1\r\nHost: h\r\nX: a\x7fb\r\n\r\n`],
  ['a field name that is no token', `GET / HTTP/1.1\r\nHost: h\r\nX(Y): z\r\n\r\n`],
  ['a control character in the path', `GET /\x01 HTTP/1.1\r\nHost: h\r\n\r\n`],
  ['two spaces in the request line', `GET  / HTTP/1.1\r\nHost: h\r\n\r\n`],
  ['no version', `GET /\r\nHost: h\r\n\r\n`],
  ['a version in lower case', `GET / http/1.1\r\nHost: h\r\n\r\n`],
  ['a method that is no token', `GE{T / HTTP/1.1\r\nHost: h\r\n\r\n`],
  ['no Host in HTTP/1.1', `GET / HTTP/1.1\r\n\r\n`],
  ['two Hosts', `GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n`],
  ['two equal Hosts', `GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n`],
  ['a list of hosts', `GET / HTTP/1.1\r\nHost: a, b\r\n\r\n`],
  ['a host with a path', `GET / HTTP/1.1\r\nHost: a/b\r\n\r\n`],
  ['a host with user information', `GET / HTTP/1.1\r\nHost: user@a\r\n\r\n`],
];

/** Chunked bodies that are broken: the head is good, so the request may have begun upstream. */
const brokenChunks: readonly (readonly [string, string])[] = [
  ['a chunk size that is no number', 'Z\r\nabc\r\n0\r\n\r\n'],
  ['a chunk size with a sign', '+3\r\nabc\r\n0\r\n\r\n'],
  ['a chunk size with 0x', '0x3\r\nabc\r\n0\r\n\r\n'],
  ['an empty chunk size', '\r\nabc\r\n0\r\n\r\n'],
  ['a chunk size beyond what can be counted', 'fffffffffffffffff\r\nabc\r\n0\r\n\r\n'],
  ['a chunk size line that ends in a bare LF', '3\nabc\r\n0\r\n\r\n'],
  ['a space after the chunk size', '3 \r\nabc\r\n0\r\n\r\n'],
  ['a chunk longer than its size', '3\r\nabcd\r\n0\r\n\r\n'],
  ['a chunk that ends in a bare LF', '3\r\nabc\n0\r\n\r\n'],
  ['a broken trailer', '3\r\nabc\r\n0\r\nbad trailer\r\n\r\n'],
  ['a bare LF in an extension', '3;a\nb\r\nabc\r\n0\r\n\r\n'],
];

describe('A request that is ambiguous or broken is 400, the connection ends, nothing goes upstream', () => {
  const site = useSite();
  for (const [what, bytes] of broken) {
    it(what, async () => {
      const client = await site.connect();
      client.send(bytes);
      const response = await client.response(bytes.slice(0, bytes.indexOf(' ')));
      assert.equal(response.status, 400);
      assert.equal(field(response, 'connection')?.toLowerCase(), 'close');
      await client.ending();
      assert.equal(site.origin.connections.length, 0);
    });
  }
});

describe('A chunked body that is broken ends the connection and is never complete upstream', () => {
  const site = useSite();
  for (const [what, bytes] of brokenChunks) {
    it(what, async () => {
      await site.serve(async (exchange) => {
        const body = await exchange.readBody();
        if (body.complete) await exchange.send(200, 'complete');
      });
      const client = await site.connect();
      client.send(`POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n${bytes}`);
      client.send(smuggled);
      assert.equal((await client.response('POST')).status, 400);
      await client.ending();
      assert.ok(site.origin.exchanges.length <= 1);
      assert.ok(site.origin.exchanges.every((exchange) => exchange.body?.complete !== true));
    });
  }
});

describe('After a malformed request', () => {
  const site = useSite();

  it('a pipelined good one before it is answered first', async () => {
    const client = await site.connect();
    client.send(`${get('/good')}GET / HTTP/1.1\r\nBad Field: x\r\n\r\n`);
    assert.equal((await client.response()).status, 200);
    assert.equal((await client.response()).status, 400);
    await client.ending();
  });

  it('an unknown version of HTTP is 505', async () => {
    const client = await site.connect();
    client.send('GET / HTTP/2.0\r\nHost: h\r\n\r\n');
    assert.equal((await client.response()).status, 505);
    await client.ending();
  });

  it('the access log names the reason', async () => {
    const client = await site.connect();
    client.send('GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n');
    await client.response();
    const line = await site.gateway.accessLine((one) => one.status === 400);
    assert.equal(line.source, 'gateway');
    assert.equal(typeof line.reason, 'string');
  });
});
