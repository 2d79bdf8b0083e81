import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { field } from '../support/http-message.ts';
import { chunks, get, head, post } from '../support/message.ts';
import { useSite } from '../support/site.ts';

const chunkedPost = head('POST / HTTP/1.1', 'Host: h', 'Transfer-Encoding: chunked');

describe('Request bodies', () => {
  const site = useSite();

  it('with a length arrive with that length', async () => {
    await site.fetch(post('/', 'hello'));
    const { request, body } = await site.origin.exchange();
    assert.equal(field(request, 'content-length'), '5');
    assert.equal(body?.bytes.toString(), 'hello');
  });

  it('of length 0 are announced as such', async () => {
    await site.fetch(post('/', ''));
    assert.equal(field((await site.origin.exchange()).request, 'content-length'), '0');
  });

  it('in chunks are sent on in chunks before they have ended', async () => {
    const client = await site.connect();
    client.send(`${chunkedPost}6\r\nhello \r\n`);
    const exchange = await site.origin.exchange();
    assert.equal(field(exchange.request, 'transfer-encoding')?.toLowerCase(), 'chunked');
    assert.equal(field(exchange.request, 'content-length'), undefined);
    client.send('5\r\nworld\r\n0\r\n\r\n');
    await client.response('POST');
    assert.equal(exchange.body?.bytes.toString(), 'hello world');
  });

  it('in chunks that have all come may be sent on with their length', async () => {
    await site.fetch(chunkedPost + chunks(['hello ', 'world']));
    assert.equal((await site.origin.exchange()).body?.bytes.toString(), 'hello world');
  });

  it('in chunks may be empty', async () => {
    await site.fetch(chunkedPost + chunks([]));
    assert.equal((await site.origin.exchange()).body?.bytes.length, 0);
  });

  it('in chunks that come byte by byte are put together', async () => {
    const client = await site.connect();
    await client.sendPieces([...(chunkedPost + chunks(['a', 'bc', 'def'], ['X-Sum: 6']))]);
    assert.equal((await client.response('POST')).status, 200);
    const { body } = await site.origin.exchange();
    assert.equal(body?.bytes.toString(), 'abcdef');
    assert.deepEqual(body?.trailers, [['X-Sum', '6']]);
  });

  it('chunk extensions end at the gateway', async () => {
    await site.fetch(`${chunkedPost}3;name=value\r\nabc\r\n0;last\r\n\r\n`);
    // The origin refuses extensions, so arriving there means that they are gone.
    assert.equal((await site.origin.exchange()).body?.bytes.toString(), 'abc');
  });

  it('trailers reach the upstream', async () => {
    await site.fetch(chunkedPost + chunks(['abc'], ['X-Checksum: 900150983cd24fb0', 'X-Other: 1']));
    assert.deepEqual((await site.origin.exchange()).body?.trailers, [
      ['X-Checksum', '900150983cd24fb0'],
      ['X-Other', '1'],
    ]);
  });

  it('framing and routing fields in trailers do not reach the upstream', async () => {
    const trailers = ['Content-Length: 5', 'Transfer-Encoding: chunked', 'Host: evil', 'X-Ok: 1'];
    const client = await site.connect();
    client.send(chunkedPost + chunks(['abc'], trailers));
    const response = await client.response('POST');
    const seen = site.origin.exchanges[0]?.body?.trailers ?? [];
    const names = seen.map(([name]) => name.toLowerCase());
    for (const name of ['content-length', 'transfer-encoding', 'host']) {
      assert.ok(!names.includes(name), `${name} in a trailer reached the upstream`);
    }
    assert.ok(response.status === 200 || response.status === 400);
  });

  it('every byte value passes unchanged', async () => {
    const all = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).join('');
    const response = await site.fetch(post('/', all));
    assert.equal((JSON.parse(response.text) as { body: string }).body, all);
  });

  it('a GET may have one', async () => {
    await site.fetch(get('/', 'Content-Length: 2') + 'hi');
    assert.equal((await site.origin.exchange()).body?.bytes.toString(), 'hi');
  });

  it('of a megabyte arrive whole', async () => {
    const body = 'abcdefghijklmnop'.repeat(65_536);
    await site.fetch(post('/', body));
    assert.ok((await site.origin.exchange()).body?.bytes.equals(Buffer.from(body)));
  });
});

describe('Response bodies', () => {
  const site = useSite();
  const answer = (bytes: string, end = false): Promise<void> =>
    site.serve(async (exchange) => {
      await exchange.readBody();
      await exchange.write(bytes);
      if (end) exchange.end();
    });

  it('with a length keep it', async () => {
    await answer('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello');
    const response = await site.fetch(get());
    assert.equal(field(response, 'content-length'), '5');
    assert.equal(response.text, 'hello');
  });

  it('in chunks stay in chunks, and the connection stays', async () => {
    await answer(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks(['one', 'two'])}`);
    const client = await site.connect();
    for (let round = 0; round < 2; round++) {
      const response = await client.request(get());
      assert.equal(field(response, 'transfer-encoding')?.toLowerCase(), 'chunked');
      assert.equal(response.text, 'onetwo');
    }
  });

  it('the first chunk is passed on before the second exists', async () => {
    let more = (): void => undefined;
    const asked = new Promise<void>((resolve) => (more = resolve));
    await site.serve(async (exchange) => {
      await exchange.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n');
      await asked;
      await exchange.write('3\r\ntwo\r\n0\r\n\r\n');
    });
    const client = await site.connect();
    client.send(get());
    const response = await client.head();
    const first = await client.stream.readBytes(8, 'the first chunk');
    assert.equal(first.toString(), '3\r\none\r\n');
    more();
    assert.equal((await client.body(response)).bytes.toString(), 'two');
  });

  it('trailers reach a client that says it takes them', async () => {
    await answer(
      `HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n${chunks(['abc'], ['X-Sum: 6'])}`,
    );
    const response = await site.fetch(get('/', 'TE: trailers', 'Connection: TE'));
    assert.deepEqual(response.body.trailers, [['X-Sum', '6']]);
  });

  it('that end with the connection are framed for the client', async () => {
    await answer('HTTP/1.1 200 OK\r\n\r\nuntil the end', true);
    const client = await site.connect();
    const response = await client.request(get());
    assert.equal(response.text, 'until the end');
    assert.ok(response.body.complete);
  });

  it('HEAD gets the length and no body', async () => {
    await answer('HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n');
    const client = await site.connect();
    const request = head('HEAD / HTTP/1.1', 'Host: h');
    const response = await client.request(request);
    assert.equal(field(response, 'content-length'), '1234');
    assert.equal((await client.request(request)).status, 200);
  });

  it('204 has neither a body nor framing fields', async () => {
    await answer('HTTP/1.1 204 No Content\r\n\r\n');
    const client = await site.connect();
    const response = await client.request(get());
    assert.equal(response.status, 204);
    assert.equal(field(response, 'content-length'), undefined);
    assert.equal((await client.request(get())).status, 204);
  });

  it('304 keeps the length of what it does not send', async () => {
    await answer('HTTP/1.1 304 Not Modified\r\nETag: "a"\r\nContent-Length: 99\r\n\r\n');
    const client = await site.connect();
    const response = await client.request(get('/', 'If-None-Match: "a"'));
    assert.equal(response.status, 304);
    assert.equal(field(response, 'etag'), '"a"');
    assert.equal((await client.request(get())).status, 304);
  });

  it('of a megabyte arrive whole', async () => {
    const body = Buffer.alloc(1 << 20, 'sluice ');
    await site.serve((exchange) => exchange.send(200, body));
    assert.ok((await site.fetch(get())).body.bytes.equals(body));
  });

  it('a response with an odd reason phrase or none passes', async () => {
    await answer('HTTP/1.1 299 \r\nContent-Length: 0\r\n\r\n');
    assert.equal((await site.fetch(get())).status, 299);
  });
});
