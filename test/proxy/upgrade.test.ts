import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import WebSocket, { WebSocketServer } from 'ws';
import { startGateway, type Gateway } from '../support/gateway.ts';
import { field } from '../support/http-message.ts';
import { get } from '../support/message.ts';
import { oneService, useSite } from '../support/site.ts';
import { until, within } from '../support/until.ts';

describe('WebSocket through the gateway, a real library at both ends', () => {
  let gateway: Gateway;
  let server: Server;
  let sockets: WebSocketServer;

  before(async () => {
    server = createServer();
    sockets = new WebSocketServer({
      server,
      handleProtocols: (offered) => [...offered][0] ?? false,
    });
    sockets.on('connection', (socket, request) => {
      socket.on('message', (data, binary) => {
        if (!binary && (data as Buffer).toString() === 'close me')
          socket.close(4001, 'as you wish');
        else socket.send(data, { binary });
      });
      if (request.url === '/greeting') socket.send('hello');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    gateway = await startGateway({
      config: { _format_version: '3.0', services: [oneService(port)] },
    });
  });
  after(async () => {
    sockets?.close();
    for (const socket of sockets?.clients ?? []) socket.terminate();
    server?.close();
    await gateway?.stop();
  });

  async function open(path = '/', protocols: string[] = []): Promise<WebSocket> {
    const socket = new WebSocket(`ws://127.0.0.1:${gateway.proxyPort}${path}`, protocols);
    await within('the WebSocket to open', once(socket, 'open'));
    return socket;
  }

  async function message(socket: WebSocket): Promise<Buffer> {
    const [data] = (await within('a message', once(socket, 'message'))) as [Buffer];
    return data;
  }

  it('text goes there and back', async () => {
    const socket = await open();
    socket.send('ping through the gateway');
    assert.equal((await message(socket)).toString(), 'ping through the gateway');
    socket.terminate();
  });

  it('a binary message of a megabyte goes there and back', async () => {
    const socket = await open();
    const data = Buffer.alloc(1 << 20, 'binary');
    socket.send(data);
    assert.ok((await message(socket)).equals(data));
    socket.terminate();
  });

  it('what the upstream sends right behind its 101 is not lost', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${gateway.proxyPort}/greeting`);
    assert.equal((await message(socket)).toString(), 'hello');
    socket.terminate();
  });

  it('the subprotocol that the upstream chose reaches the client', async () => {
    const socket = await open('/', ['graphql-transport-ws']);
    assert.equal(socket.protocol, 'graphql-transport-ws');
    socket.terminate();
  });

  it('the close code of the upstream reaches the client', async () => {
    const socket = await open();
    socket.send('close me');
    const [code, reason] = (await within('the close', once(socket, 'close'))) as [number, Buffer];
    assert.deepEqual([code, reason.toString()], [4001, 'as you wish']);
  });

  it('a client that vanishes closes the upstream side', async () => {
    const connected = once(sockets, 'connection') as Promise<[WebSocket]>;
    const socket = await open();
    const [upstream] = await connected;
    const closed = once(upstream, 'close');
    socket.terminate();
    await within('the upstream to see the end', closed);
  });
});

describe('Upgrade', () => {
  const site = useSite();
  const upgrade = get('/', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: k==');
  const switching =
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

  it('after 101 bytes pass as they are, both ways', async () => {
    await site.serve(async (exchange) => {
      await exchange.write(`${switching}from upstream`);
      const bytes = await exchange.connection.stream.readBytes(11, 'bytes of the client');
      await exchange.write(`you said: ${bytes.toString()}`);
      exchange.end();
    });
    const client = await site.connect();
    client.send(upgrade);
    assert.equal((await client.head()).status, 101);
    const first = await client.stream.readBytes(13, 'what came with 101');
    assert.equal(first.toString(), 'from upstream');
    client.send('from client');
    const rest = await client.stream.readToEnd('the answer');
    assert.equal(rest.toString(), 'you said: from client');
  });

  it('the upstream is asked for the same upgrade', async () => {
    await site.fetch(upgrade);
    const { request } = await site.origin.exchange();
    assert.equal(field(request, 'upgrade')?.toLowerCase(), 'websocket');
    assert.match(field(request, 'connection') ?? '', /upgrade/i);
  });

  it('an upstream that refuses it answers as for any request, and the connection goes on', async () => {
    await site.serve((exchange) => exchange.send(426, 'not here'));
    const client = await site.connect();
    const response = await client.request(upgrade);
    assert.equal(response.status, 426);
    assert.equal(response.text, 'not here');
    assert.equal((await client.request(get())).status, 426);
  });

  it('101 that nobody asked for is a bad response', async () => {
    await site.serve((exchange) => exchange.write(switching));
    const response = await site.fetch(get());
    assert.equal(response.status, 502);
  });

  it('Upgrade without the connection option is no upgrade', async () => {
    await site.fetch(get('/', 'Upgrade: websocket'));
    assert.equal(field((await site.origin.exchange()).request, 'upgrade'), undefined);
  });

  for (const value of ['h2c', 'H2C', 'websocket, h2c', 'h2c/1, websocket', 'h2']) {
    it(`HTTP/2 is not asked for: ${value}`, async () => {
      await site.fetch(get('/', 'Connection: Upgrade', `Upgrade: ${value}`));
      assert.equal(field((await site.origin.exchange()).request, 'upgrade'), undefined);
    });
  }

  it('101 to a protocol that was not asked for is a bad response', async () => {
    await site.serve((exchange) => exchange.write(switching.replace('websocket', 'h2c')));
    assert.equal((await site.fetch(upgrade)).status, 502);
  });

  it('the upstream side is closed when the client is gone, even if the upstream talks on', async () => {
    let closed = false;
    await site.serve(async (exchange) => {
      const { socket } = exchange.connection;
      socket.on('close', () => (closed = true));
      await exchange.write(switching);
      while (!closed) {
        await exchange.write('are you there?');
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    });
    const client = await site.connect();
    client.send(upgrade);
    await client.head();
    client.close();
    await until('the upstream sees the end', () => closed);
  });
});
