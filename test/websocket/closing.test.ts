import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { within } from '../support/until.ts';
import { closed, message, useWebSocketSite, type Scheme } from './web-socket-site.ts';

const SCHEMES = ['ws', 'wss'] satisfies Scheme[];

describe('A WebSocket that is silent', () => {
  const site = useWebSocketSite({ flags: ['--websocket-idle-timeout', '1s'] });

  for (const scheme of SCHEMES) {
    it(`is closed with 1001 towards both ends (${scheme})`, async () => {
      const path = `/silent-${scheme}`;
      const { client, upstream } = await site.open(scheme, path);
      const ends = await Promise.all([closed(client), closed(upstream)]);
      for (const end of ends) assert.deepEqual(end, { code: 1001, reason: 'idle for too long' });
      const line = await site.gateway.accessLine((one) => one.path === path);
      assert.deepEqual(line.websocket, {
        messages_in: 0,
        messages_out: 0,
        close_code: 1001,
        ended_by: 'idle',
      });
    });
  }

  it('stays open as long as either end sends something', async () => {
    for (const from of ['client', 'upstream'] as const) {
      const pair = await site.open();
      const begin = performance.now();
      while (performance.now() - begin < 2500) {
        const arrived = message(from === 'client' ? pair.upstream : pair.client);
        pair[from].send('here');
        await arrived;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      assert.equal(pair.client.readyState, pair.client.OPEN);
    }
  });

  it('is ended even if the client does not answer, and the upstream is told', async () => {
    const { client, upstream } = await site.open();
    client.pause();
    const end = await closed(upstream);
    assert.deepEqual(end, { code: 1001, reason: 'idle for too long' });
  });
});

describe('A WebSocket without limits of its own', () => {
  const site = useWebSocketSite({}, { read_timeout: 400 });

  it('may be silent for as long as the service allows', async () => {
    const { client } = await site.open();
    assert.equal((await closed(client)).code, 1001);
  });
});

describe('A WebSocket that is open for too long', () => {
  const site = useWebSocketSite({ flags: ['--websocket-lifetime', '700ms'] });

  it('is closed with 1001, whatever it is doing', async () => {
    const { client, upstream } = await site.open('wss', '/old');
    const talking = setInterval(() => upstream.send('and another thing'), 20);
    const begin = performance.now();
    const end = await closed(client);
    clearInterval(talking);
    assert.deepEqual(end, { code: 1001, reason: 'open for too long' });
    assert.ok(performance.now() - begin > 500);
    const line = await site.gateway.accessLine((one) => one.path === '/old');
    assert.equal((line.websocket as { ended_by: string }).ended_by, 'lifetime');
  });

  it('brings the upstream what the client sent before it answered', async () => {
    const { client, upstream } = await site.open();
    const arrived: string[] = [];
    upstream.on('message', (data: Buffer) => arrived.push(data.toString()));
    let sent = 0;
    const talking = setInterval(() => {
      if (client.readyState === client.OPEN) client.send(String(sent++));
    }, 1);
    await closed(upstream);
    clearInterval(talking);
    assert.deepEqual(
      arrived,
      Array.from({ length: sent }, (_, i) => String(i)),
    );
  });

  it('is closed between two frames, not within one', async () => {
    const { client, upstream } = await site.open();
    // The header of a frame of 1000 bytes, and half of it: `ws` itself sends whole frames only.
    const raw = (upstream as unknown as { _socket: NodeJS.WritableStream })._socket;
    raw.write(Buffer.concat([Buffer.from([0x82, 126, 1000 >> 8, 1000 & 0xff]), Buffer.alloc(500)]));
    const received = message(client);
    await new Promise((resolve) => setTimeout(resolve, 1200));
    assert.equal(client.readyState, client.OPEN);
    const end = closed(client);
    // What follows the frame comes too late.
    raw.write(Buffer.concat([Buffer.alloc(500), Buffer.from([0x82, 1, 0])]));
    assert.equal((await received).length, 1000);
    const more = once(client, 'message').then(() => assert.fail('a message behind the end'));
    assert.deepEqual(await Promise.race([end, more]), { code: 1001, reason: 'open for too long' });
  });
});

describe('A configuration without the route', () => {
  const site = useWebSocketSite();

  it('closes its WebSockets with 1012, and leaves those of other routes alone', async () => {
    const base = site.config as { services: [{ routes: object[] }] };
    const other = { name: 'other', paths: ['/other'], strip_path: false };
    const service = base.services[0];
    const both = { ...base, services: [{ ...service, routes: [...service.routes, other] }] };
    await site.gateway.reload(both);
    const [gone, stays] = [await site.open('wss', '/gone'), await site.open('ws', '/other/one')];
    const ends = Promise.all([closed(gone.client), closed(gone.upstream)]);
    await site.gateway.reload({ ...base, services: [{ ...service, routes: [other] }] });
    for (const end of await ends) assert.deepEqual(end, { code: 1012, reason: 'service restart' });
    const arrived = message(stays.upstream);
    stays.client.send('still here');
    assert.equal(await arrived, 'still here');
    const line = await site.gateway.accessLine(({ path }) => path === '/gone');
    assert.equal((line.websocket as { ended_by: string }).ended_by, 'reload');
    await site.gateway.reload(base);
  });
});

describe('A gateway that is stopped', () => {
  const site = useWebSocketSite({ flags: ['--drain-timeout', '8s'] });

  it('closes WebSockets with 1001, and ends as soon as they are closed', async () => {
    const pairs = [];
    for (let i = 0; i < 20; i++) pairs.push(await site.open(SCHEMES[i % 2]));
    const ends = Promise.all(
      pairs.flatMap(({ client, upstream }) => [closed(client), closed(upstream)]),
    );
    site.gateway.signal('SIGTERM');
    for (const end of await ends) assert.deepEqual(end, { code: 1001, reason: 'going away' });
    const { code } = await within('the gateway to exit', site.gateway.exited, 6000);
    assert.equal(code, 0);
  });
});
