import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import http2 from 'node:http2';
import { after, before, describe, it } from 'node:test';
import tls from 'node:tls';
import { promisify } from 'node:util';
import { adminToken, startGateway, type Gateway } from '../support/gateway.ts';
import { head } from '../support/message.ts';
import { connect, RawClient } from '../support/raw-client.ts';
import { until } from '../support/until.ts';

const run = promisify(execFile);
const PROXY = 'PROXY TCP4 192.0.2.7 198.51.100.1 4711 443\r\n';
const REQUEST = head(
  'GET /services HTTP/1.1',
  'Host: h',
  `Kong-Admin-Token: ${adminToken}`,
  'Connection: close',
);

describe('The Admin API', () => {
  let gateway: Gateway;
  let ports: number[] = [];

  before(async () => {
    gateway = await startGateway({
      admin: 'own-listen',
      flags: [
        '--admin-listen',
        '127.0.0.1:0, 127.0.0.1:0 ssl http2, 127.0.0.1:0 proxy_protocol, 127.0.0.1:0 ssl http2 proxy_protocol',
        ...['--trusted-ips', '127.0.0.1'],
      ],
    });
    const found = gateway.output.matchAll(/Admin API on https?:\/\/127\.0\.0\.1:(\d+)/g);
    ports = [...found].map((match) => Number(match[1]));
    assert.equal(ports.length, 4);
  });
  after(() => gateway.stop());

  const curl = async (port: number, scheme: string, ...words: string[]): Promise<string> => {
    const shown = ['-sk', '-w', ' %{http_version} %{http_code}'];
    const token = ['-H', `Kong-Admin-Token: ${adminToken}`];
    const url = `${scheme}://127.0.0.1:${port}/services`;
    return (await run('curl', [...shown, ...token, ...words, url])).stdout;
  };

  it('is served without TLS and with it, by HTTP/1.1 and HTTP/2', async () => {
    assert.match(await curl(ports[0]!, 'http'), /"data":\[.* 1\.1 200$/);
    assert.match(await curl(ports[1]!, 'https', '--http1.1'), /"data":\[.* 1\.1 200$/);
    assert.match(await curl(ports[1]!, 'https', '--http2'), /"data":\[.* 2 200$/);
  });

  it('takes what is written by HTTP/2', async () => {
    const body = ['-X', 'POST', '-d', 'name=two', '-d', 'url=http://h'];
    assert.match(await curl(ports[1]!, 'https', '--http2', ...body), /"name":"two".* 2 201$/);
  });

  it('takes no more than a hundred requests at once by HTTP/2', async () => {
    const session = http2.connect(`https://127.0.0.1:${ports[1]!}`, { rejectUnauthorized: false });
    const [settings] = (await once(session, 'remoteSettings')) as [http2.Settings];
    session.close();
    assert.equal(settings.maxConcurrentStreams, 100);
  });

  it('asks for a token over HTTP/2 as well', async () => {
    const url = `https://127.0.0.1:${ports[1]!}/services`;
    const { stdout } = await run('curl', ['-sk', '-w', '%{http_code}', url]);
    assert.match(stdout, /401$/);
  });

  it('is served behind a PROXY header', async () => {
    const plain = await connect(ports[2]!);
    plain.send(PROXY.slice(0, 9));
    plain.send(PROXY.slice(9) + REQUEST);
    assert.equal((await plain.response()).status, 200);
    plain.close();
    const { socket } = await connect(ports[3]!);
    socket.write(PROXY);
    const secret = new RawClient(tls.connect({ socket, rejectUnauthorized: false }));
    assert.equal((await secret.request(REQUEST)).status, 200);
    secret.close();
  });

  it('is not served without the header that it wants', async () => {
    const client = await connect(ports[2]!);
    client.send(REQUEST);
    client.socket.resume();
    await until('it is closed', () => client.stream.ending !== null);
    assert.equal(client.stream.total, 0);
  });
});
