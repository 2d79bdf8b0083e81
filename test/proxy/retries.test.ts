import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { OriginExchange, OriginHandler } from '../support/origin.ts';
import { chunks, get, head, post } from '../support/message.ts';
import { oneService, useSite } from '../support/site.ts';
import { until } from '../support/until.ts';
import { unusedPort } from '../support/unused-port.ts';

/** Breaks the connection of the first `count` requests, then serves. */
function failing(count: number, serve: OriginHandler): OriginHandler {
  let left = count;
  return async (exchange) => {
    if (left-- > 0) exchange.connection.socket.destroy();
    else await serve(exchange);
  };
}

const ok = (exchange: OriginExchange): Promise<void> => exchange.send(200, 'at last');

describe('Retries', () => {
  const site = useSite({ service: { retries: 2 } });

  for (const method of ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']) {
    it(`${method} is tried again when the upstream breaks the connection`, async () => {
      await site.serve(failing(2, (exchange) => exchange.send(204)));
      const request = head(`${method} / HTTP/1.1`, 'Host: h', 'Content-Length: 0');
      assert.equal((await site.fetch(request)).status, 204);
      assert.equal(site.origin.exchanges.length, 3);
    });
  }

  for (const method of ['POST', 'PATCH']) {
    it(`${method} is sent once, since it may have had its effect`, async () => {
      await site.serve(failing(1, ok));
      const request = head(`${method} / HTTP/1.1`, 'Host: h', 'Content-Length: 0');
      assert.equal((await site.fetch(request)).status, 502);
      assert.equal(site.origin.exchanges.length, 1);
    });
  }

  it('after as many as the service allows it is 502', async () => {
    await site.serve(failing(100, ok));
    assert.equal((await site.fetch(get())).status, 502);
    assert.equal(site.origin.exchanges.length, 3);
  });

  it('a response of the upstream is never tried again, whatever its status', async () => {
    await site.serve((exchange) => exchange.send(503, 'sorry'));
    assert.equal((await site.fetch(get())).text, 'sorry');
    assert.equal(site.origin.exchanges.length, 1);
  });

  it('a response that has begun is never tried again', async () => {
    await site.serve(async (exchange) => {
      await exchange.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n12');
      exchange.end();
    });
    assert.equal((await site.fetch(get())).body.complete, false);
    assert.equal(site.origin.exchanges.length, 1);
  });

  it('a body of up to 64 KiB is sent again, whole', async () => {
    const body = 'b'.repeat(64 * 1024);
    await site.serve(async (exchange) => {
      await exchange.readBody();
      if (site.origin.exchanges.length === 1) exchange.connection.socket.destroy();
      else await ok(exchange);
    });
    const request = post('/', body).replace('POST', 'PUT');
    assert.equal((await site.fetch(request)).text, 'at last');
    assert.equal(site.origin.exchanges[1]?.body?.bytes.toString(), body);
  });

  it('a chunked body is sent again, whole, with its trailers', async () => {
    await site.serve(async (exchange) => {
      await exchange.readBody();
      if (site.origin.exchanges.length === 1) exchange.connection.socket.destroy();
      else await ok(exchange);
    });
    const request = head('PUT / HTTP/1.1', 'Host: h', 'Transfer-Encoding: chunked');
    await site.fetch(request + chunks(['one', 'two'], ['X-Sum: 2']));
    const second = site.origin.exchanges[1]?.body;
    assert.equal(second?.bytes.toString(), 'onetwo');
    assert.deepEqual(second?.trailers, [['X-Sum', '2']]);
  });

  it('a longer body of which an attempt took more than 64 KiB is not sent again', async () => {
    await site.serve(async (exchange) => {
      await exchange.readBody();
      exchange.connection.socket.destroy();
    });
    const request = post('/', 'b'.repeat(200 * 1024)).replace('POST', 'PUT');
    assert.equal((await site.fetch(request)).status, 502);
    assert.equal(site.origin.exchanges.length, 1);
  });

  it('the access line counts the tries', async () => {
    await site.serve(failing(2, ok));
    await site.fetch(get('/tries'));
    const line = await site.gateway.accessLine((one) => one.path === '/tries');
    assert.equal(line.tries, 3);
  });
});

describe('A kept-alive upstream connection that dies', () => {
  const site = useSite({ service: { retries: 0 } });

  it('gives one extra attempt when it breaks under the request', async () => {
    await site.serve(async (exchange) => {
      if (exchange.request.target === '/breaks' && site.origin.connections.length === 1) {
        exchange.connection.socket.destroy();
      } else await ok(exchange);
    });
    const client = await site.connect();
    await client.request(get('/first'));
    assert.equal((await client.request(get('/breaks'))).text, 'at last');
    assert.deepEqual(
      site.origin.exchanges.map((exchange) => exchange.request.target),
      ['/first', '/breaks', '/breaks'],
    );
  });

  it('does not stand for the others that were kept', async () => {
    const together: (() => void)[] = [];
    await site.serve(async (exchange) => {
      const { target } = exchange.request;
      if (target === '/first') await new Promise<void>((resolve) => together.push(resolve));
      const kept = site.origin.exchanges.some(
        (other) => other !== exchange && other.connection === exchange.connection,
      );
      if (kept) exchange.connection.socket.destroy();
      else await ok(exchange);
    });
    const first = [site.fetch(get('/first')), site.fetch(get('/first'))];
    await until('two connections are in use', () => together.length === 2);
    for (const goOn of together) goOn();
    await Promise.all(first);
    assert.equal((await site.fetch(get('/then'))).text, 'at last');
  });

  it('does not make a POST run twice', async () => {
    await site.serve(async (exchange) => {
      await exchange.readBody();
      if (exchange.request.method === 'POST') exchange.connection.socket.destroy();
      else await ok(exchange);
    });
    const client = await site.connect();
    await client.request(get('/first'));
    assert.equal((await client.request(post('/', 'x'))).status, 502);
    assert.equal(site.origin.exchanges.length, 2);
  });

  it('is given up when the upstream closes it while idle', async () => {
    await site.serve(ok);
    const client = await site.connect();
    await client.request(get('/first'));
    site.origin.connections[0]?.socket.end();
    await until('the gateway closes its side', () => site.origin.openConnections === 0);
    assert.equal((await client.request(post('/', 'x'))).text, 'at last');
  });
});

describe('A target that refuses connections', () => {
  let deadPort = 0;
  const site = useSite({
    config: (port) => ({
      _format_version: '3.0',
      upstreams: [
        {
          name: 'pair',
          targets: [{ target: `127.0.0.1:${deadPort}` }, { target: `127.0.0.1:${port}` }],
        },
      ],
      services: [{ ...oneService(port), url: undefined, host: 'pair', retries: 5 }],
    }),
    prepare: async () => {
      deadPort = await unusedPort();
    },
  });

  it('is passed over for the next one, whatever the method', async () => {
    for (let round = 0; round < 8; round++) {
      assert.equal((await site.fetch(post('/', 'x'))).status, 200);
    }
    assert.equal(site.origin.exchanges.length, 8);
  });
});
