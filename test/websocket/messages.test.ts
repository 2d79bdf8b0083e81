import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type WebSocket from 'ws';
import { parseMetrics, total } from '../support/metrics.ts';
import { until, within } from '../support/until.ts';
import { closed, message, useWebSocketSite, type Scheme } from './web-socket-site.ts';

/** Collects messages until there are `count`. */
async function collect(socket: WebSocket, count: number): Promise<Buffer[]> {
  const messages: Buffer[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.on('message', (data: Buffer) => {
    if (messages.push(data) === count) resolve();
  });
  await within(`${count} messages`, promise, 30_000);
  return messages;
}

describe('Messages of a WebSocket', () => {
  const site = useWebSocketSite();

  for (const scheme of ['ws', 'wss'] satisfies Scheme[]) {
    it(`pass by the thousand both ways at once, in order (${scheme})`, async () => {
      const { client, upstream } = await site.open(scheme);
      const count = 5000;
      const sent = Array.from({ length: count }, (_, i) => `${i}:${'x'.repeat(i % 300)}`);
      const arrived = Promise.all([collect(client, count), collect(upstream, count)]);
      for (const text of sent) {
        client.send(text);
        upstream.send(text);
      }
      for (const messages of await arrived) assert.deepEqual(messages.map(String), sent);
    });

    it(`pass in fragments, with pings between them (${scheme})`, async () => {
      const { client, upstream } = await site.open(scheme);
      const whole = collect(upstream, 1);
      const pinged = once(upstream, 'ping') as Promise<[Buffer]>;
      const ponged = once(client, 'pong') as Promise<[Buffer]>;
      client.send('one ', { fin: false });
      client.ping('still there?');
      client.send('message', { fin: true });
      assert.equal((await within('the ping', pinged))[0].toString(), 'still there?');
      assert.equal((await within('the pong', ponged))[0].toString(), 'still there?');
      assert.equal(String((await whole)[0]), 'one message');
    });

    it(`pass when they are of eight megabytes (${scheme})`, async () => {
      const { client, upstream } = await site.open(scheme);
      const data = Buffer.alloc(8 << 20, 'sluice');
      upstream.on('message', (received: Buffer) => upstream.send(received));
      client.send(data);
      const [received] = await collect(client, 1);
      assert.ok(received!.equals(data));
    });
  }

  it('are counted in the access log, with who ended it and how', async () => {
    const { client, upstream } = await site.open('wss', '/counted');
    client.send('a', { fin: false });
    client.send('b', { fin: true });
    client.ping();
    assert.equal(await message(upstream), 'ab');
    for (const text of ['x', 'y', 'z']) upstream.send(text);
    await collect(client, 3);
    client.close(4000, 'enough');
    assert.deepEqual(await closed(upstream), { code: 4000, reason: 'enough' });
    const line = await site.gateway.accessLine(({ path }) => path === '/counted');
    assert.deepEqual(line.websocket, {
      messages_in: 1,
      messages_out: 3,
      close_code: 4000,
      ended_by: 'client',
    });
    assert.equal(line.status, 101);
  });

  it('are counted in the metrics while it is open', async () => {
    const count = async (name: string, direction = ''): Promise<number> => {
      const text = await (await site.gateway.fetchStatus('/metrics')).text();
      return total(parseMetrics(text), name, direction === '' ? {} : { direction });
    };
    const counts = async (): Promise<number[]> => [
      await count('sluice_websocket_messages_total', 'ingress'),
      await count('sluice_websocket_messages_total', 'egress'),
      await count('sluice_websocket_bytes_total', 'egress'),
    ];
    const before = await counts();
    const { client, upstream } = await site.open();
    client.send('one');
    await message(upstream);
    upstream.send('two');
    await message(client);
    const after = await counts();
    // A short frame from a server has a header of two bytes.
    assert.deepEqual(
      after.map((value, i) => value - before[i]!),
      [1, 1, 2 + 'two'.length],
    );
    assert.ok((await count('sluice_websockets')) >= 1);
    client.terminate();
    await until('none is open', async () => (await count('sluice_websockets')) === 0);
  });

  it('do not pile up in the gateway when the other end reads none', async () => {
    const { client, upstream } = await site.open();
    client.pause();
    const count = 64;
    for (let i = 0; i < count; i++) upstream.send(Buffer.alloc(1 << 20));
    let before = Infinity;
    await until('no more is taken', async () => {
      const waiting = upstream.bufferedAmount;
      await delay(200);
      const still = waiting === before;
      before = waiting;
      return still;
    });
    // Client, gateway and system hold a few megabytes together.
    assert.ok(upstream.bufferedAmount > (count / 2) << 20, 'half of it was taken');
    const rest = collect(client, count);
    client.resume();
    await rest;
  });
});
