import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import tls from 'node:tls';
import { field } from '../support/http-message.ts';
import { get } from '../support/message.ts';
import { parseMetrics, total } from '../support/metrics.ts';
import type { OriginExchange } from '../support/origin.ts';
import { connect, RawClient } from '../support/raw-client.ts';
import { useSite, type Site } from '../support/site.ts';
import { until } from '../support/until.ts';

const RESPONSE = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const TEXT = Buffer.from('PROXY TCP4 192.0.2.7 198.51.100.1 4711 443\r\n');
const BINARY = Buffer.concat([
  Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1'),
  Buffer.from([0x21, 0x11, 0, 12]),
  Buffer.from([192, 0, 2, 7, 198, 51, 100, 1, 0x12, 0x67, 0x01, 0xbb]),
]);

describe('A listener behind a proxy that sends a PROXY header', () => {
  const site = useSite({
    listen: '127.0.0.1:0 proxy_protocol, 127.0.0.1:0 ssl http2 proxy_protocol',
    flags: ['--trusted-ips', '127.0.0.1'],
  });

  const failures = (reason: string): Promise<number> => failuresOf(site, reason);

  let seen: OriginExchange['request'] | null = null;
  const serve = (): Promise<void> =>
    site.serve((exchange) => {
      seen = exchange.request;
      return exchange.write(RESPONSE);
    });
  const told = (name: string): string | undefined =>
    seen === null ? undefined : field(seen, name);

  for (const [version, header] of [
    ['1', TEXT],
    ['2', BINARY],
  ] as const) {
    it(`takes the client's address from it (version ${version}), in whatever pieces it comes`, async () => {
      await serve();
      for (const size of [1, 7, header.length]) {
        const client = await site.connect();
        for (let at = 0; at < header.length; at += size) {
          await client.sendPieces([header.subarray(at, at + size)]);
        }
        const response = await client.request(get('/proxied'));
        assert.equal(response.status, 200);
        assert.equal((await client.request(get('/proxied'))).status, 200);
        client.close();
      }
      assert.equal(told('x-forwarded-for'), '192.0.2.7');
      assert.equal(told('x-forwarded-port'), '443');
    });

    it(`takes it in front of the handshake (version ${version})`, async () => {
      await serve();
      const plain = await connect(site.gateway.proxyPorts[1] ?? 0);
      plain.send(header);
      const socket = tls.connect({ socket: plain.socket, rejectUnauthorized: false });
      const client = new RawClient(socket);
      assert.equal((await client.request(get('/proxied'))).status, 200);
      client.close();
      assert.equal(told('x-forwarded-for'), '192.0.2.7');
      assert.equal(told('x-forwarded-proto'), 'https');
    });
  }

  it('takes header and request in one piece', async () => {
    await serve();
    const client = await site.connect();
    client.send(Buffer.concat([TEXT, Buffer.from(get('/proxied'))]));
    assert.equal((await client.response()).status, 200);
  });

  it('closes connections that begin otherwise, and counts them', async () => {
    const before = await failures('malformed');
    const client = await site.connect();
    client.send(get('/'));
    await client.ending();
    await until('it is counted', async () => (await failures('malformed')) > before);
  });
});

describe('A listener for PROXY headers that trusts somebody else', () => {
  const site = useSite({
    listen: '127.0.0.1:0 proxy_protocol',
    flags: ['--trusted-ips', '192.0.2.0/24'],
  });

  it('closes connections before it reads anything', async () => {
    const client = await site.connect();
    client.send(Buffer.concat([TEXT, Buffer.from(get('/'))]));
    await client.ending();
    await until('it is counted', async () => (await failuresOf(site, 'untrusted')) === 1);
  });
});

async function failuresOf(site: Site, reason: string): Promise<number> {
  const text = await (await site.gateway.fetchStatus('/metrics')).text();
  return total(parseMetrics(text), 'sluice_proxy_protocol_failures_total', { reason });
}
