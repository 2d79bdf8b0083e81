import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { after, before, describe, it } from 'node:test';
import { startGateway, type Gateway } from '../support/gateway.ts';
import { get } from '../support/message.ts';
import { fetchOnce } from '../support/raw-client.ts';

const RESPONSE = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

describe('A PROXY header towards upstreams', () => {
  const heads: Buffer[] = [];
  let server: net.Server;
  let gateway: Gateway;

  before(async () => {
    server = net.createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (data: Buffer) => {
        heads.push(data);
        socket.write(RESPONSE);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as net.AddressInfo;
    const service = (name: string, host: string): object => ({
      name,
      url: `http://${host}:${port}`,
      routes: [{ name, paths: [`/${name}`] }],
    });
    gateway = await startGateway({
      workers: 1,
      flags: ['--upstream-proxy-protocol', `127.0.0.1:${port}=v1,localhost=v2`],
      config: {
        _format_version: '3.0',
        services: [service('text', '127.0.0.1'), service('binary', 'LOCALHOST')],
      },
    });
  });

  after(async () => {
    await gateway.stop();
    server.close();
  });

  async function received(path: string): Promise<Buffer> {
    heads.length = 0;
    assert.equal((await fetchOnce(gateway.proxyPort, get(path))).status, 200);
    return Buffer.concat(heads);
  }

  it('names the client in version 1, at the beginning of each connection', async () => {
    for (let round = 0; round < 2; round++) {
      const text = (await received('/text')).toString('latin1');
      const line = new RegExp(
        `^PROXY TCP4 127\\.0\\.0\\.1 127\\.0\\.0\\.1 \\d+ ${gateway.proxyPort}\\r\\nGET / HTTP/1\\.1`,
      );
      assert.match(text, line);
    }
  });

  it('names the client in version 2', async () => {
    const bytes = await received('/binary');
    assert.equal(bytes.toString('hex', 0, 16), '0d0a0d0a000d0a515549540a2111000c');
    assert.deepEqual([...bytes.subarray(16, 24)], [127, 0, 0, 1, 127, 0, 0, 1]);
    assert.equal(bytes.readUInt16BE(26), gateway.proxyPort);
    assert.equal(bytes.toString('latin1', 28, 32), 'GET ');
  });
});
