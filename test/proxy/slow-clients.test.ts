import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { OriginExchange } from '../support/origin.ts';
import { get, head } from '../support/message.ts';
import { oneService, useSite } from '../support/site.ts';
import { until } from '../support/until.ts';

const never = new Promise<void>(() => undefined);
/** More than the buffers of the system and of the gateway hold together. */
const LONG = 32 * 1024 * 1024;
const PIECE = Buffer.alloc(64 * 1024, 'x');

async function sendLong(exchange: OriginExchange): Promise<void> {
  await exchange.write(`HTTP/1.1 200 OK\r\nContent-Length: ${LONG}\r\n\r\n`);
  for (let sent = 0; sent < LONG; sent += PIECE.length) await exchange.write(PIECE);
}

describe('A client that makes the gateway wait', () => {
  const site = useSite({
    service: { retries: 0 },
    flags: ['--body-timeout', '300ms', '--send-timeout', '600ms', '--idle-timeout', '5s'],
  });

  it('for the first byte of its body is told after the body timeout', async () => {
    await site.serve(() => never);
    const client = await site.connect();
    client.send(head('POST / HTTP/1.1', 'Host: h', 'Content-Length: 10'));
    assert.equal((await client.response('POST')).status, 408);
    const { connection } = await site.origin.exchange();
    await until('the upstream sees the end', () => connection.ending !== null);
  });

  it('for a body that it was asked for is told after the body timeout', async () => {
    const client = await site.connect();
    client.send(head('POST / HTTP/1.1', 'Host: h', 'Content-Length: 10', 'Expect: 100-continue'));
    const response = await client.response('POST');
    assert.equal(response.interim.length, 1);
    assert.equal(response.status, 408);
  });

  it('to take a response is let go after the send timeout, and so is the upstream', async () => {
    await site.serve(sendLong);
    const client = await site.connect();
    client.socket.pause();
    client.send(get('/never-taken'));
    const line = await site.gateway.accessLine((one) => one.path === '/never-taken');
    assert.equal(line.aborted, 'client');
  });

  it('to take what comes through a tunnel is let go after the send timeout', async () => {
    await site.serve(async (exchange) => {
      await exchange.write(
        'HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n',
      );
      for (let sent = 0; sent < LONG; sent += PIECE.length) await exchange.write(PIECE);
    });
    const client = await site.connect();
    client.send(get('/tunnel', 'Connection: upgrade', 'Upgrade: websocket'));
    client.socket.pause();
    await site.gateway.accessLine((one) => one.path === '/tunnel');
  });

  it('but takes a little now and then gets all of a response', async () => {
    await site.serve(sendLong);
    const client = await site.connect();
    client.send(get('/slowly'));
    await client.head();
    let taken = 0;
    for (let pause = 0; taken < LONG; pause++) {
      const part = await client.stream.readSome('more of the body');
      assert.ok(part !== null, `the body ended after ${taken} bytes`);
      taken += part.length;
      if (pause % 100 === 0) await delay(20);
    }
    assert.equal(taken, LONG);
  });
});

describe('A client that asks and does not read', () => {
  const site = useSite({ service: { retries: 0 } });

  it('gets no further requests served once it is behind', async () => {
    const body = 'y'.repeat(32 * 1024);
    await site.serve((exchange) => exchange.send(200, body));
    const client = await site.connect();
    client.socket.pause();
    // Much more than the system's buffers on the way hold.
    const asked = 2000;
    client.send(get().repeat(asked));
    await until('the upstream is left alone', async () => {
      const before = site.origin.exchanges.length;
      await delay(300);
      return before > 0 && site.origin.exchanges.length === before;
    });
    assert.ok(site.origin.exchanges.length < asked, 'everything was served into memory');
    client.socket.resume();
    for (let answered = 0; answered < asked; answered++) {
      assert.equal((await client.response()).body.bytes.length, body.length);
    }
  });
});

describe('The end of a long last response', () => {
  const site = useSite({
    config: (port) => ({
      _format_version: '3.0',
      services: [oneService(port)],
      plugins: [{ name: 'request-termination', config: { body: 'x'.repeat(LONG) } }],
    }),
  });

  it('reaches a client that takes its time', async () => {
    const client = await site.connect();
    client.socket.pause();
    client.send(get('/dawdle', 'Connection: close'));
    await site.gateway.accessLine((line) => line.path === '/dawdle');
    // Longer than the gateway listens to clients that have taken everything.
    await delay(2500);
    client.socket.resume();
    assert.equal((await client.response()).body.bytes.length, LONG);
    assert.equal(await client.ending(), 'closed');
  });
});
