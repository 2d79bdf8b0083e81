import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { startGateway, type Gateway } from '../support/gateway.ts';
import { Folder } from '../support/openssl.ts';

const run = promisify(execFile);

describe('Unix sockets', () => {
  const folder = new Folder();
  const place = { proxy: folder.at('proxy'), tls: folder.at('tls'), service: folder.at('service') };
  let gateway: Gateway;
  let service: http.Server;

  before(async () => {
    service = http.createServer((request, response) => {
      response.end(JSON.stringify({ url: request.url, headers: request.headers }));
    });
    service.listen(place.service);
    await once(service, 'listening');
    gateway = await startGateway({
      listen: `127.0.0.1:0, unix:${place.proxy} http2, unix:${place.tls} ssl http2`,
      workers: 2,
      config: {
        _format_version: '3.0',
        services: [
          {
            name: 's',
            protocol: 'http',
            host: `unix:${place.service}`,
            routes: [{ name: 'r', paths: ['/'] }],
          },
          { name: 't', host: 'balanced', routes: [{ name: 'rt', paths: ['/balanced'] }] },
        ],
        upstreams: [{ name: 'balanced', targets: [{ target: `unix:${place.service}` }] }],
      },
    });
  });
  after(async () => {
    await gateway.stop();
    service.close();
    folder.remove();
  });

  const curl = async (...words: string[]): Promise<string> =>
    (await run('curl', ['-sk', ...words])).stdout;

  it('are hosts of services, which are told of no path', async () => {
    const text = await curl(`http://127.0.0.1:${gateway.proxyPort}/a`);
    assert.match(text, /"url":"\/a"/);
    assert.match(text, /"host":"localhost"/);
  });

  it('are targets of upstreams', async () => {
    assert.match(await curl(`http://127.0.0.1:${gateway.proxyPort}/balanced/a`), /"url":"\/a"/);
  });

  it('are listeners, of HTTP/1.1 and HTTP/2, with TLS or without', async () => {
    const shown = ['-w', ' %{http_version}'];
    const plain = ['--unix-socket', place.proxy, ...shown];
    const secret = ['--unix-socket', place.tls, ...shown];
    assert.match(await curl(...plain, 'http://h/b'), /"url":"\/b".* 1\.1$/);
    assert.match(await curl(...plain, '--http2-prior-knowledge', 'http://h/b'), /"url":"\/b".* 2$/);
    assert.match(await curl(...secret, '--http1.1', 'https://h/b'), /"url":"\/b".* 1\.1$/);
    assert.match(await curl(...secret, 'https://h/b'), /"url":"\/b".* 2$/);
  });

  it('go when the gateway ends', async () => {
    await gateway.stop();
    await assert.rejects(curl('--unix-socket', place.proxy, 'http://h/'));
    assert.throws(() => folder.read('proxy'), { code: 'ENOENT' });
  });
});
