import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import tls from 'node:tls';
import { get } from '../support/message.ts';
import { parseMetrics, total } from '../support/metrics.ts';
import { connect, RawClient } from '../support/raw-client.ts';
import { useSite } from '../support/site.ts';
import { connectTls } from '../support/tls-client.ts';
import { until } from '../support/until.ts';

const RESPONSE = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const HELLO = Buffer.from([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]);

describe('On a listener with TLS', () => {
  const site = useSite({
    listen: '127.0.0.1:0 ssl http2',
    workers: 1,
    flags: ['--tls-handshake-timeout', '1s', '--tls-max-handshakes', '16'],
  });

  const failures = async (reason: string): Promise<number> => {
    const text = await (await site.gateway.fetchStatus('/metrics')).text();
    return total(parseMetrics(text), 'sluice_tls_handshake_failures_total', { reason });
  };

  /** Does something wrong beside a connection of the same thread, which must not notice. */
  async function beside(what: () => Promise<void>): Promise<void> {
    await site.serve((exchange) => exchange.write(RESPONSE));
    const neighbour = new RawClient(await connectTls(site.gateway.proxyPort));
    try {
      assert.equal((await neighbour.request(get('/'))).status, 200);
      await what();
      assert.equal((await neighbour.request(get('/'))).status, 200);
    } finally {
      neighbour.close();
    }
  }

  const wrong: Record<string, readonly [reason: string, bytes: Buffer | string]> = {
    'a request without TLS': ['not_tls', get('/')],
    'HTTP/2 without TLS': ['not_tls', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    'stray bytes': ['not_tls', Buffer.alloc(4096, 0xa5)],
    'a record of a type that does not begin a handshake': [
      'not_tls',
      Buffer.from([23, 3, 3, 0, 4, 1, 2, 3, 4]),
    ],
    'a handshake that is none': ['other', Buffer.from([22, 3, 1, 0, 6, 1, 0, 0, 2, 3, 3])],
  };
  for (const [what, [reason, bytes]] of Object.entries(wrong)) {
    it(`${what} ends the connection, is counted, and harms nobody else`, async () => {
      await beside(async () => {
        const before = await failures(reason);
        const client = await connect(site.gateway.proxyPort);
        client.send(bytes);
        await drained(client);
        await until('it is counted', async () => (await failures(reason)) > before);
      });
    });
  }

  for (const method of ['GET', 'DELETE']) {
    it(`a ${method} without TLS is told what is wrong`, async () => {
      const client = await connect(site.gateway.proxyPort);
      client.send(get('/').replace('GET', method));
      const { status, text, fields } = await client.response();
      assert.equal(status, 400);
      assert.equal(text, 'The plain HTTP request was sent to HTTPS port\n');
      assert.ok(fields.some(([name, value]) => name === 'Connection' && value === 'close'));
      await drained(client);
    });
  }

  it('a client that stops in the middle of the handshake is given up in time', async () => {
    await beside(async () => {
      const before = await failures('timeout');
      const client = await connect(site.gateway.proxyPort);
      client.send(HELLO);
      await client.ending();
      await until('it is counted', async () => (await failures('timeout')) > before);
    });
  });

  it('a client that leaves in the middle of the handshake is counted', async () => {
    await beside(async () => {
      const before = await failures('disconnected');
      const client = await connect(site.gateway.proxyPort);
      client.send(HELLO);
      client.close();
      await until('it is counted', async () => (await failures('disconnected')) > before);
    });
  });

  it('of too many handshakes the one that has taken longest goes, so that others get in', async () => {
    await beside(async () => {
      const before = await failures('crowded_out');
      const slow = await Promise.all(
        Array.from({ length: 40 }, () => connect(site.gateway.proxyPort)),
      );
      for (const client of slow) client.send(HELLO);
      const late = new RawClient(await connectTls(site.gateway.proxyPort));
      assert.equal((await late.request(get('/'))).status, 200);
      late.close();
      await until('they are counted', async () => (await failures('crowded_out')) >= before + 20);
      for (const client of slow) client.close();
    });
  });

  it('stray bytes within a connection end it alone', async () => {
    await beside(async () => {
      const { socket } = await connect(site.gateway.proxyPort);
      const client = new RawClient(tls.connect({ socket, rejectUnauthorized: false }));
      client.socket.on('error', () => undefined);
      assert.equal((await client.request(get('/'))).status, 200);
      socket.write(Buffer.alloc(64, 0xa5));
      await until('it is closed', () => client.stream.ending !== null);
    });
  });

  it('a client that ends its side in the middle of a request gets no response to it', async () => {
    await beside(async () => {
      const client = new RawClient(await connectTls(site.gateway.proxyPort));
      client.send('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n123');
      client.end();
      await until('it is closed', () => client.stream.ending !== null);
    });
  });
});

/** Reads to the end, whatever comes. */
async function drained(client: RawClient): Promise<void> {
  client.socket.resume();
  await until('the connection ends', () => client.stream.ending !== null);
  client.close();
}
