import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type net from 'node:net';
import { before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Gateway } from '../support/gateway.ts';
import { until, within } from '../support/until.ts';
import { unusedPort } from '../support/unused-port.ts';
import { configOf, StreamSite, streamService, type Client, type Upstream } from './stream-site.ts';

const MEBIBYTE = 1024 * 1024;

describe('The bytes of a stream', () => {
  const site = new StreamSite();
  let upstream: Upstream;
  let gateway: Gateway;
  let port = 0;

  before(async () => {
    upstream = await site.upstream(() => undefined);
    port = await unusedPort();
    gateway = await site.gateway(
      `127.0.0.1:${port}`,
      configOf(streamService('s', upstream.port, { destinations: [{ port }] })),
    );
  });

  /** Both ends of a new stream. */
  async function open(): Promise<{ client: Client; server: net.Socket }> {
    const arrives = upstream.next();
    const client = await site.connect(port);
    return { client, server: await arrives };
  }

  const lineOf = (client: Client) => {
    const { localPort } = client.socket;
    return () => gateway.accessLine(({ client_port }) => client_port === localPort);
  };

  it('pass whichever side speaks first', async () => {
    const { client, server } = await open();
    server.write('220 ready');
    assert.equal(await client.text(9), '220 ready');
    client.socket.write('HELO');
    const [said] = (await once(server, 'data')) as [Buffer];
    assert.equal(said.toString(), 'HELO');
    client.socket.destroy();
  });

  it('go on to the upstream after the client has heard the end', async () => {
    const { client, server } = await open();
    const line = lineOf(client);
    server.end('bye');
    assert.equal(await client.rest(), 'bye');
    const received = textOf(server);
    client.socket.end('still here');
    assert.equal(await received, 'still here');
    const { reason, ended_by, bytes_in, bytes_out } = await line();
    assert.deepEqual([reason, ended_by, bytes_in, bytes_out], ['completed', 'upstream', 10, 3]);
  });

  it('go on to the client after the upstream has heard the end', async () => {
    const { client, server } = await open();
    client.socket.end('a question');
    assert.equal(await textOf(server), 'a question');
    server.end('an answer');
    assert.equal(await client.rest(), 'an answer');
  });

  it('arrive all and unchanged, both ways at once', async () => {
    const { client, server } = await open();
    const there = randomBytes(20 * MEBIBYTE);
    const back = randomBytes(20 * MEBIBYTE);
    client.socket.removeAllListeners('data');
    const atServer = digestOf(server);
    const atClient = digestOf(client.socket);
    client.socket.end(there);
    server.end(back);
    const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
    assert.equal(await atServer, digest(there));
    assert.equal(await atClient, digest(back));
  });

  for (const [who, direction] of [
    ['client', 'upstream'],
    ['upstream', 'client'],
  ] as const) {
    it(`wait for a ${who} that does not read, and arrive when it does`, async () => {
      const { client, server } = await open();
      const [sender, receiver] =
        who === 'client' ? [server, client.socket] : [client.socket, server];
      client.socket.removeAllListeners('data');
      receiver.pause();
      const written = await writeUntilStuck(sender);
      // Buffers of the system may hold some; the gateway itself no more than a little.
      assert.ok(written < 40 * MEBIBYTE, `the ${direction} got rid of ${written} bytes`);
      let received = 0;
      receiver.on('data', (chunk: Buffer) => (received += chunk.length));
      receiver.resume();
      sender.end();
      await until('all has arrived', () => received === written);
      client.socket.destroy();
    });
  }

  it('end in a reset when the upstream breaks off', async () => {
    const { client, server } = await open();
    const line = lineOf(client);
    const failed = once(client.socket, 'error') as Promise<[NodeJS.ErrnoException]>;
    server.resetAndDestroy();
    assert.equal((await within('the reset', failed))[0].code, 'ECONNRESET');
    const { reason, ended_by, status } = await line();
    assert.deepEqual([reason, ended_by, status], ['upstream_aborted', 'upstream', 200]);
  });

  it('end in a reset when the client breaks off', async () => {
    const { client, server } = await open();
    const line = lineOf(client);
    const failed = once(server, 'error') as Promise<[NodeJS.ErrnoException]>;
    server.resume();
    client.socket.resetAndDestroy();
    assert.equal((await within('the reset', failed))[0].code, 'ECONNRESET');
    const { reason, ended_by } = await line();
    assert.deepEqual([reason, ended_by], ['client_aborted', 'client']);
  });

  it('leave no connection behind', async () => {
    for (const socket of upstream.connections) socket.destroy();
    await until('the gateway has none', async () => {
      const text = await (await gateway.fetchStatus('/metrics')).text();
      return (
        /^sluice_stream_sessions 0$/m.test(text) &&
        /^sluice_connections\{side="client",state="active"\} 0$/m.test(text) &&
        /^sluice_connections\{side="upstream",state="active"\} 0$/m.test(text)
      );
    });
  });
});

/** What comes until the other end ends; the socket stays open. */
async function textOf(socket: net.Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  await within('the end', once(socket, 'end'));
  return text;
}

async function digestOf(socket: net.Socket): Promise<string> {
  const hash = createHash('sha256');
  socket.on('data', (chunk: Buffer) => hash.update(chunk));
  await within('the end', once(socket, 'end'), 30_000);
  return hash.digest('hex');
}

/** Writes until nothing has been taken for a while. @returns bytes written */
async function writeUntilStuck(socket: net.Socket): Promise<number> {
  const piece = Buffer.alloc(64 * 1024);
  let written = 0;
  for (;;) {
    written += piece.length;
    if (socket.write(piece)) continue;
    const drained = once(socket, 'drain').then(() => true);
    if (!(await Promise.race([drained, delay(1000, false)]))) return written;
  }
}
