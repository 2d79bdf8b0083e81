import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { field } from '../support/http-message.ts';
import { get, head, post } from '../support/message.ts';
import type { RawClient } from '../support/raw-client.ts';
import { useSite } from '../support/site.ts';

/** Part of a body. */
const PIECE = 'x'.repeat(64 * 1024);

describe('Persistent connections', () => {
  const site = useSite();

  it('one client connection carries several requests', async () => {
    const client = await site.connect();
    for (const path of ['/1', '/2', '/3']) {
      const response = await client.request(get(path));
      assert.equal(response.status, 200);
      assert.match(response.text, new RegExp(`"target":"${path}"`));
    }
  });

  it('an empty line behind a request may come in two pieces', async () => {
    const client = await site.connect();
    await client.request(get('/1'));
    client.send('\r');
    // The gateway has read the CR by the time that it answers on a connection that asked later.
    await site.fetch(get('/other'));
    client.send('\n');
    assert.equal((await client.request(get('/2'))).status, 200);
  });

  it('requests one after another share one upstream connection', async () => {
    const client = await site.connect();
    await client.request(get('/1'));
    await client.request(get('/2'));
    await site.fetch(get('/3'));
    assert.equal(site.origin.connections.length, 1);
    assert.equal(site.origin.exchanges.length, 3);
  });

  it('an upstream connection that announced its end is not used again', async () => {
    await site.serve((exchange) => exchange.send(200, 'x', [['Connection', 'close']]));
    const client = await site.connect();
    await client.request(get('/1'));
    await client.request(get('/2'));
    assert.equal(site.origin.connections.length, 2);
  });

  for (const [framing, body] of [
    ['Content-Length: 53', 'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npoisoned'],
    ['Transfer-Encoding: chunked', '0\r\n\r\n'],
  ]) {
    it(`an upstream connection is not used again behind a 204 with ${framing}`, async () => {
      await site.serve(async (exchange) => {
        if (exchange.request.target !== '/204') return exchange.send(200, 'its own');
        await exchange.write(`HTTP/1.1 204 No Content\r\n${framing}\r\n\r\n`);
        // The body that a 204 cannot have comes with the next request on the connection.
        await exchange.connection.stream.readSome('the next request', 1).catch(() => undefined);
        await exchange.write(body!);
      });
      const client = await site.connect();
      assert.equal((await client.request(get('/204'))).status, 204);
      assert.equal((await client.request(get('/next'))).text, 'its own');
    });
  }

  it('pipelined requests are answered in order though the first is slow', async () => {
    await site.serve(async (exchange) => {
      if (exchange.request.target === '/slow') await delay(50);
      await exchange.send(200, exchange.request.target);
    });
    const client = await site.connect();
    client.send(get('/slow') + get('/fast'));
    assert.equal((await client.response()).text, '/slow');
    assert.equal((await client.response()).text, '/fast');
  });

  it('a hundred pipelined requests get a hundred answers in order', async () => {
    await site.serve((exchange) => exchange.send(200, exchange.request.target));
    const client = await site.connect();
    const paths = Array.from({ length: 100 }, (_, index) => `/${index}`);
    client.send(paths.map((path) => get(path)).join(''));
    for (const path of paths) assert.equal((await client.response()).text, path);
    assert.equal(site.origin.exchanges.length, 100);
  });

  it('pipelined requests with bodies keep their own bodies', async () => {
    const client = await site.connect();
    client.send(post('/1', 'first') + post('/2', '') + post('/3', 'third'));
    for (const body of ['first', '', 'third']) {
      const { text } = await client.response('POST');
      assert.equal((JSON.parse(text) as { body: string }).body, body);
    }
  });

  it('a request that comes byte by byte is understood', async () => {
    const client = await site.connect();
    await client.sendPieces([...post('/bytes', 'body')]);
    const { text } = await client.response('POST');
    assert.equal((JSON.parse(text) as { body: string }).body, 'body');
  });

  it('an empty line before a request line is ignored', async () => {
    const client = await site.connect();
    const response = await client.request(`\r\n${get('/after-empty-line')}`);
    assert.equal(response.status, 200);
  });

  it('a client that asks for the end of the connection gets it after the response', async () => {
    const client = await site.connect();
    const response = await client.request(get('/', 'Connection: close'));
    assert.equal(response.status, 200);
    assert.equal(field(response, 'connection')?.toLowerCase(), 'close');
    assert.equal(await client.ending(), 'closed');
  });

  /** What becomes of a client that goes on sending behind the end of its connection. */
  async function sendMore(client: RawClient): Promise<string | undefined> {
    assert.equal(await client.ending(), 'closed');
    client.send('\r\n');
    return new Promise((resolve) => {
      client.socket.write('x', (error) => resolve((error as NodeJS.ErrnoException | null)?.code));
    });
  }

  it('a client that asks for the end of the connection is not waited for', async () => {
    const client = await site.connect();
    await client.request(get('/', 'Connection: close'));
    assert.match((await sendMore(client)) ?? 'it is still there', /EPIPE|ECONNRESET/);
  });

  it('an empty line behind the body of a last request does no harm', async () => {
    const client = await site.connect();
    await client.request(post('/', 'body', 'Connection: close'));
    assert.equal(await sendMore(client), undefined);
  });

  /** @throws when the connection is broken */
  async function written(socket: net.Socket, piece: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.write(piece, (error) => (error ? reject(error) : resolve()));
    return promise;
  }

  const authorization = 'Authorization: Basic YTpi';
  const refused: readonly (readonly [string, number, readonly string[]])[] = [
    ['with an expectation that nobody knows', 417, ['POST / HTTP/1.1', 'Expect: miracles']],
    ['with two credentials', 400, ['POST / HTTP/1.1', authorization, authorization]],
    ['of two lengths', 400, ['POST / HTTP/1.1', 'Content-Length: 2']],
    ['with a target that is too long', 414, [`POST /${'a'.repeat(10_000)} HTTP/1.1`]],
    ['of another version', 505, ['POST / HTTP/2.0']],
    ['with a field that is none', 400, ['POST / HTTP/1.1', 'no field']],
  ];
  for (const [what, status, [line, ...fields]] of refused) {
    it(`a client that still sends a request ${what} gets to see why it is refused`, async () => {
      const socket = net.connect({ port: site.gateway.proxyPort, host: '127.0.0.1' });
      await once(socket, 'connect');
      const lines = [line!, 'Host: origin.test', `Content-Length: ${8 * PIECE.length}`, ...fields];
      const sent = [head(...lines), ...Array.from({ length: 8 }, () => PIECE)];
      for (const piece of sent) await written(socket, piece);
      assert.match(await text(socket), new RegExp(`^HTTP/1.1 ${status} `));
    });
  }

  it('what a client sends after asking for the end is not served', async () => {
    const client = await site.connect();
    client.send(get('/last', 'Connection: close') + get('/never'));
    await client.response();
    await client.ending();
    assert.deepEqual(
      site.origin.exchanges.map((exchange) => exchange.request.target),
      ['/last'],
    );
  });
});

describe('HTTP/1.0 clients', () => {
  const site = useSite();

  it('get a response and the end of the connection', async () => {
    const client = await site.connect();
    const response = await client.request(head('GET / HTTP/1.0', 'Host: origin.test'));
    assert.equal(response.status, 200);
    await client.ending();
  });

  it('may leave out Host', async () => {
    const response = await site.fetch(head('GET /without-host HTTP/1.0'));
    assert.equal(response.status, 200);
  });

  it('keep their connection when they ask for it', async () => {
    const client = await site.connect();
    const request = head('GET / HTTP/1.0', 'Host: origin.test', 'Connection: keep-alive');
    const response = await client.request(request);
    assert.equal(field(response, 'connection')?.toLowerCase(), 'keep-alive');
    assert.equal((await client.request(request)).status, 200);
  });

  it('get a chunked body without chunks, ended by the connection', async () => {
    await site.serve((exchange) =>
      exchange.write(
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n',
      ),
    );
    const client = await site.connect();
    const response = await client.request(head('GET / HTTP/1.0', 'Host: h'));
    assert.equal(field(response, 'transfer-encoding'), undefined);
    assert.equal(response.text, 'abcde');
  });

  it('are not told of interim responses', async () => {
    await site.serve(async (exchange) => {
      await exchange.write('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n');
      await exchange.send(200, 'done');
    });
    const response = await site.fetch(head('GET / HTTP/1.0', 'Host: h'));
    assert.deepEqual(response.interim, []);
    assert.equal(response.text, 'done');
  });

  it('the upstream is spoken to in HTTP/1.1 all the same', async () => {
    await site.fetch(head('GET / HTTP/1.0', 'Host: h'));
    assert.equal((await site.origin.exchange()).request.version, '1.1');
  });
});
