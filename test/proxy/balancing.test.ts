import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startGateway, type Gateway } from '../support/gateway.ts';
import { field } from '../support/http-message.ts';
import { get } from '../support/message.ts';
import { startOrigin, type Origin, type OriginExchange } from '../support/origin.ts';
import { connect, fetchOnce, type RawClient } from '../support/raw-client.ts';
import { unusedPort } from '../support/unused-port.ts';
import { Client, greet, Upstream } from '../stream/stream-site.ts';

describe('Algorithms of upstreams over two proxy threads', () => {
  const origins: Origin[] = [];
  const upstreams: Upstream[] = [];
  let gateway: Gateway;
  let streamPort = 0;

  before(async () => {
    for (let count = 0; count < 3; count++) origins.push(await startOrigin());
    for (const name of ['a', 'b', 'c']) upstreams.push(await new Upstream(greet(name)).listen());
    streamPort = await unusedPort();
    const dead = { target: `127.0.0.1:${await unusedPort()}` };
    const http = origins.map(({ port }) => ({ target: `127.0.0.1:${port}` }));
    const tcp = upstreams.map(({ port }) => ({ target: `127.0.0.1:${port}` }));
    const sticky = { hash_on: 'cookie', hash_on_cookie: 'stick', hash_on_cookie_path: '/sticky' };
    gateway = await startGateway({
      workers: 2,
      config: {
        _format_version: '3.0',
        upstreams: [
          { name: 'sticky.test', ...sticky, targets: http },
          { name: 'partly.test', hash_on: 'path', targets: [...http, dead] },
          { name: 'busy.test', algorithm: 'least-connections', targets: http.slice(0, 2) },
          { name: 'streams.test', hash_on: 'ip', targets: tcp },
        ],
        services: [
          ...['sticky', 'partly', 'busy'].map((name) => ({
            name,
            host: `${name}.test`,
            routes: [{ name, paths: [`/${name}`], strip_path: false }],
          })),
          {
            name: 'streams',
            url: 'tcp://streams.test:1',
            routes: [{ name: 'streams', protocols: ['tcp'], destinations: [{ port: streamPort }] }],
          },
        ],
      },
      flags: ['--stream-listen', `127.0.0.1:${streamPort}`],
    });
  });

  after(async () => {
    await gateway?.stop();
    for (const upstream of upstreams) upstream.close();
    await Promise.all(origins.map((origin) => origin.stop()));
  });

  /** Every origin tells its number from now on. */
  async function answerWithNumbers(): Promise<void> {
    for (const [index, origin] of origins.entries()) {
      await origin.reset((exchange: OriginExchange) => exchange.send(200, String(index)));
    }
  }

  it('a client that comes back with its cookie gets to the same target', async () => {
    await answerWithNumbers();
    const targets = new Set<string>();
    for (let client = 0; client < 12; client++) {
      const first = await fetchOnce(gateway.proxyPort, get('/sticky'));
      const cookie = /^(stick=[0-9a-f-]{36}); Path=\/sticky; Same-Site=Lax; HttpOnly$/.exec(
        field(first, 'set-cookie') ?? '',
      );
      assert.ok(cookie, 'no cookie was set');
      const again = get('/sticky', `Cookie: ${cookie[1]}`);
      for (let times = 0; times < 4; times++) {
        const next = await fetchOnce(gateway.proxyPort, again);
        assert.equal(next.text, first.text);
        assert.equal(field(next, 'set-cookie'), undefined);
      }
      targets.add(first.text);
    }
    assert.ok(targets.size > 1);
  });

  it('a target that cannot be reached is stood in for by the next on the ring', async () => {
    await answerWithNumbers();
    for (let path = 0; path < 40; path++) {
      const request = get(`/partly/${path}`);
      const first = await fetchOnce(gateway.proxyPort, request);
      assert.equal(first.status, 200);
      assert.equal((await fetchOnce(gateway.proxyPort, request)).text, first.text);
    }
  });

  it('a target that is busy gets no more as long as the other has fewer', async () => {
    const held: (() => void)[] = [];
    const seen: number[] = [];
    for (const [index, origin] of origins.entries()) {
      await origin.reset(async (exchange: OriginExchange) => {
        seen.push(index);
        await new Promise<void>((resolve) => held.push(resolve));
        await exchange.send(200, String(index));
      });
    }
    const clients: RawClient[] = [];
    for (let count = 0; count < 24; count++) {
      const client = await connect(gateway.proxyPort);
      clients.push(client);
      client.send(get('/busy'));
      while (seen.length <= count) await new Promise((resolve) => setImmediate(resolve));
    }
    for (const release of held) release();
    for (const client of clients) {
      assert.equal((await client.response()).status, 200);
      client.close();
    }
    // Each of the two threads keeps even by itself.
    const first = seen.filter((index) => index === 0).length;
    assert.ok(Math.abs(first - 12) <= 1, `${first} of 24`);
  });

  it('streams from one address get to one target', async () => {
    const greetings = new Map<string, Set<string>>();
    for (let count = 0; count < 24; count++) {
      const address = `127.0.0.${(count % 8) + 1}`;
      const client = new Client(streamPort, address);
      const greeting = await client.text(1);
      client.socket.destroy();
      greetings.set(address, (greetings.get(address) ?? new Set()).add(greeting));
    }
    for (const each of greetings.values()) assert.equal(each.size, 1);
    assert.ok(new Set([...greetings.values()].flatMap((each) => [...each])).size > 1);
  });
});
