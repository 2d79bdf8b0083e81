import assert from 'node:assert/strict';
import { once } from 'node:events';
import { before, describe, it } from 'node:test';
import tls from 'node:tls';
import type { Gateway } from '../support/gateway.ts';
import { within } from '../support/until.ts';
import { unusedPort } from '../support/unused-port.ts';
import { configOf, echo, greet, StreamSite, streamService } from './stream-site.ts';

/** A header of version 2 for TCP over IPv4. */
function binaryHeader(
  source: readonly number[],
  destination: readonly number[],
  port: number,
): Buffer {
  const fixed = Buffer.from('0d0a0d0a000d0a515549540a2111000c', 'hex');
  const ports = Buffer.from([0x9c, 0x40, port >> 8, port & 255]);
  return Buffer.concat([fixed, Buffer.from([...source, ...destination]), ports]);
}

describe('The PROXY protocol of streams', () => {
  const site = new StreamSite();
  let gateway: Gateway;
  let plain = 0;
  let encrypted = 0;

  before(async () => {
    const told = await site.upstream(echo);
    const near = await site.upstream(greet('by source'));
    const far = await site.upstream(greet('by destination'));
    [plain, encrypted] = [await unusedPort(), await unusedPort()];
    gateway = await site.gateway(
      `127.0.0.1:${plain} proxy_protocol, 127.0.0.1:${encrypted} ssl proxy_protocol`,
      configOf(
        streamService('near', near.port, { sources: [{ ip: '203.0.113.0/24' }] }),
        streamService('far', far.port, { destinations: [{ ip: '198.51.100.7', port: 5432 }] }),
        streamService('told', told.port, { destinations: [{ port: 1000 }] }),
        streamService('secret', near.port, { protocols: ['tls'], snis: ['a.test'] }),
      ),
      {
        flags: [
          ...['--trusted-ips', '127.0.0.1'],
          ...['--upstream-proxy-protocol', `127.0.0.1:${told.port}=v1`],
        ],
      },
    );
  });

  it('says where a stream comes from, in version 1', async () => {
    const client = await site.connect(plain);
    client.socket.write('PROXY TCP4 203.0.113.9 192.0.2.1 40000 443\r\nfirst words');
    assert.equal(await client.text(21), 'by source\nfirst words');
    client.socket.destroy();
    const line = await gateway.accessLine(({ client_ip }) => client_ip === '203.0.113.9');
    assert.deepEqual([line['client_port'], line['server_port']], [40000, 443]);
  });

  it('says where a stream came to, in version 2', async () => {
    const client = await site.connect(plain);
    client.socket.write(binaryHeader([192, 0, 2, 9], [198, 51, 100, 7], 5432));
    assert.equal(await client.text(15), 'by destination\n');
    client.socket.destroy();
  });

  it('goes before TLS', async () => {
    const client = await site.connect(encrypted);
    client.socket.removeAllListeners('data');
    client.socket.write('PROXY TCP4 192.0.2.77 192.0.2.1 40000 443\r\n');
    const secure = tls.connect({
      ...{ socket: client.socket, servername: 'a.test', rejectUnauthorized: false },
    });
    const [greeting] = (await within('the greeting', once(secure, 'data'))) as [Buffer];
    assert.equal(greeting.toString(), 'by source\n');
    secure.destroy();
    const line = await gateway.accessLine(({ client_ip }) => client_ip === '192.0.2.77');
    assert.deepEqual([line['protocol'], line['sni']], ['tls', 'a.test']);
  });

  it('tells the upstream who the client is', async () => {
    const client = await site.connect(plain);
    const header = 'PROXY TCP4 192.0.2.5 192.0.2.6 1234 1000\r\n';
    client.socket.end(`${header}content`);
    assert.equal(await client.rest(), `${header}content`);
  });

  it('closes a connection that does not begin with a header', async () => {
    const client = await site.connect(plain);
    client.socket.write('something else');
    assert.equal(await client.rest().catch(() => ''), '');
    assert.match(
      await (await gateway.fetchStatus('/metrics')).text(),
      /^sluice_proxy_protocol_failures_total\{reason="malformed"\} 1$/m,
    );
  });
});
