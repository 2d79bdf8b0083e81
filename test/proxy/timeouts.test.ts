import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { get, head, post } from '../support/message.ts';
import { useSite } from '../support/site.ts';
import { until } from '../support/until.ts';

const never = new Promise<void>(() => undefined);

describe('Timeouts of a service', () => {
  const site = useSite({ service: { retries: 0, read_timeout: 500, write_timeout: 500 } });

  it('an upstream that does not answer is 504', async () => {
    await site.serve(() => never);
    const response = await site.fetch(get());
    assert.equal(response.status, 504);
    assert.match(response.text, /The upstream server is timing out/);
  });

  it('an upstream connection that timed out is closed', async () => {
    await site.serve(() => never);
    await site.fetch(get());
    const { connection } = await site.origin.exchange();
    await until('the upstream sees the end', () => connection.ending !== null);
  });

  it('a response that stops in the middle is cut short for the client', async () => {
    await site.serve(async (exchange) => {
      await exchange.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345');
      await never;
    });
    const response = await site.fetch(get());
    assert.equal(response.text, '12345');
    assert.equal(response.body.complete, false);
  });

  it('the read timeout counts between two pieces, not for the whole response', async () => {
    await site.serve(async (exchange) => {
      await exchange.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n');
      for (const piece of '12345') {
        await new Promise((resolve) => setTimeout(resolve, 150));
        await exchange.write(piece);
      }
    });
    const response = await site.fetch(get());
    assert.equal(response.text, '12345');
    assert.ok(response.body.complete);
  });

  it('the client connection survives a 504', async () => {
    await site.serve((exchange) =>
      exchange.request.target === '/slow' ? never : exchange.send(200, 'fine'),
    );
    const client = await site.connect();
    assert.equal((await client.request(get('/slow'))).status, 504);
    assert.equal((await client.request(get('/'))).text, 'fine');
  });

  it('a slow client does not run into the read timeout of its upstream', async () => {
    const client = await site.connect();
    client.send(head('POST / HTTP/1.1', 'Host: h', 'Content-Length: 2') + 'a');
    await site.origin.exchange();
    await new Promise((resolve) => setTimeout(resolve, 800));
    client.send('b');
    assert.equal((await client.response('POST')).status, 200);
  });
});

describe('A timeout with retries left', () => {
  const site = useSite({ service: { retries: 1, read_timeout: 300 } });

  it('is tried again for GET', async () => {
    await site.serve((exchange) =>
      site.origin.exchanges.length === 1 ? never : exchange.send(200, 'second'),
    );
    assert.equal((await site.fetch(get())).text, 'second');
  });

  it('is 504 at once for POST', async () => {
    await site.serve(() => never);
    assert.equal((await site.fetch(post('/', 'x'))).status, 504);
    assert.equal(site.origin.exchanges.length, 1);
  });
});
