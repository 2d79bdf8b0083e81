import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chunks, get, head, post } from '../support/message.ts';
import { useSite } from '../support/site.ts';

describe('Limits of a request head', () => {
  const site = useSite();

  async function refused(request: string, status: number): Promise<void> {
    const client = await site.connect();
    const response = await client.request(request);
    assert.equal(response.status, status);
    await client.ending();
    assert.equal(site.origin.exchanges.length, 0);
  }

  it('a request line of 8 KiB passes', async () => {
    const path = `/${'p'.repeat(8192 - 'GET / HTTP/1.1\r\n'.length)}`;
    assert.equal((await site.fetch(get(path))).status, 200);
  });

  it('a longer request line is 414', async () => {
    await refused(get(`/${'p'.repeat(8192)}`), 414);
  });

  it('a request line without end is 414 before it ends', async () => {
    const client = await site.connect();
    client.send(`GET /${'p'.repeat(20_000)}`);
    assert.equal((await client.response()).status, 414);
    await client.ending();
  });

  it('a head of almost 32 KiB passes', async () => {
    assert.equal((await site.fetch(get('/', `X-Big: ${'v'.repeat(32_000)}`))).status, 200);
  });

  it('a larger head is 431', async () => {
    await refused(get('/', `X-Big: ${'v'.repeat(33_000)}`), 431);
  });

  it('a head without end is 431 before it ends', async () => {
    const client = await site.connect();
    client.send(`GET / HTTP/1.1\r\nHost: h\r\nX-Endless: ${'v'.repeat(40_000)}`);
    assert.equal((await client.response()).status, 431);
    await client.ending();
  });

  it('a hundred fields pass, one more is 431', async () => {
    const fields = Array.from({ length: 99 }, (_, index) => `X-${index}: v`);
    assert.equal((await site.fetch(get('/', ...fields))).status, 200);
    await site.serve();
    await refused(get('/', ...fields, 'X-One-Too-Many: v'), 431);
  });
});

describe('Limits as Kong has them', () => {
  const site = useSite({ flags: ['--limits', 'kong'] });

  it('a field of more than 8 KiB is 400', async () => {
    const response = await site.fetch(get('/', `X-Big: ${'v'.repeat(8_300)}`));
    assert.equal(response.status, 400);
    assert.match(response.text, /Request header or cookie too large/);
  });

  it('several fields of less pass', async () => {
    const fields = ['A', 'B', 'C'].map((name) => `X-${name}: ${'v'.repeat(8_000)}`);
    assert.equal((await site.fetch(get('/', ...fields))).status, 200);
  });

  it('a head that is too large altogether is 400', async () => {
    const fields = ['A', 'B', 'C', 'D', 'E'].map((name) => `X-${name}: ${'v'.repeat(8_000)}`);
    assert.equal((await site.fetch(get('/', ...fields))).status, 400);
  });
});

describe('Limit of a request body', () => {
  const site = useSite({ flags: ['--max-body', '1KiB'] });
  const chunked = head('POST / HTTP/1.1', 'Host: h', 'Transfer-Encoding: chunked');

  it('a body of just that size passes', async () => {
    assert.equal((await site.fetch(post('/', 'b'.repeat(1024)))).status, 200);
    assert.equal((await site.fetch(chunked + chunks(['b'.repeat(1024)]))).status, 200);
  });

  it('an announced longer one is 413 and nothing reaches the upstream', async () => {
    const client = await site.connect();
    client.send(head('POST / HTTP/1.1', 'Host: h', 'Content-Length: 1025'));
    assert.equal((await client.response('POST')).status, 413);
    await client.ending();
    assert.equal(site.origin.exchanges.length, 0);
  });

  it('chunks beyond it are 413, and the upstream never takes the body for complete', async () => {
    await site.serve(async (exchange) => {
      const body = await exchange.readBody();
      if (body.complete) await exchange.send(200, 'complete');
    });
    const client = await site.connect();
    client.send(chunked + `${(1000).toString(16)}\r\n${'b'.repeat(1000)}\r\n`);
    client.send(`${(1000).toString(16)}\r\n${'b'.repeat(1000)}\r\n0\r\n\r\n`);
    assert.equal((await client.response('POST')).status, 413);
    await client.ending();
    assert.ok(site.origin.exchanges.every((exchange) => exchange.body?.complete !== true));
  });
});

describe('Slow clients', () => {
  const site = useSite({ flags: ['--head-timeout', '500ms', '--idle-timeout', '500ms'] });

  it('a head that does not end in time is 408', async () => {
    const client = await site.connect();
    client.send('GET / HTTP/1.1\r\nHost: h\r\n');
    const response = await client.response();
    assert.equal(response.status, 408);
    await client.ending();
    assert.equal(site.origin.exchanges.length, 0);
  });

  it('bytes that trickle in do not win time', async () => {
    const client = await site.connect();
    client.send('GET / HTTP/1.1\r\nHost: h\r\nX: ');
    const trickle = setInterval(() => client.send('x'), 50);
    try {
      assert.equal((await client.response()).status, 408);
    } finally {
      clearInterval(trickle);
    }
  });

  it('a connection that rests too long is closed without a word', async () => {
    const client = await site.connect();
    await client.request(get());
    assert.equal(await client.ending(), 'closed');
  });

  it('a connection on which nothing ever comes is closed', async () => {
    const client = await site.connect();
    await client.ending();
    assert.equal(client.stream.total, 0);
  });

  it('a request that is being served is no rest', async () => {
    await site.serve(async (exchange) => {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      await exchange.send(200, 'patience');
    });
    assert.equal((await site.fetch(get())).text, 'patience');
  });
});
