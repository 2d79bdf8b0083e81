import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import http2 from 'node:http2';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { useSite } from '../support/site.ts';

const run = promisify(execFile);

describe('A client of HTTP/2', () => {
  const site = useSite({ listen: '127.0.0.1:0 http2' });
  const url = (path: string): string => `http://127.0.0.1:${site.gateway.proxyPort}${path}`;

  it('gets what the service answers, by prior knowledge', async () => {
    await site.serve(async (exchange) => {
      await exchange.write('HTTP/1.1 200 OK\r\nX-Of: origin\r\nContent-Length: 5\r\n\r\nhello');
    });
    const { stdout } = await run('curl', ['-si', '--http2-prior-knowledge', url('/hello')]);
    assert.match(stdout, /^HTTP\/2 200/);
    assert.match(stdout, /^x-of: origin\r$/m);
    assert.match(stdout, /\r\n\r\nhello$/);
    const line = await site.gateway.accessLine((one) => one.path === '/hello');
    assert.equal(line.http_version, '2');
  });

  it('gets every octet of a field, whatever white space it may be elsewhere', async () => {
    await site.serve(async (exchange) => {
      const head = 'HTTP/1.1 200 OK\r\nX-Last: voil\xc3\xa0\r\nContent-Length: 0\r\n\r\n';
      await exchange.write(Buffer.from(head, 'latin1'));
    });
    const { stdout } = await run('curl', ['-si', '--http2-prior-knowledge', url('/')]);
    assert.match(stdout, /^x-last: voilà\r$/m);
  });

  for (const body of ['', 'four']) {
    it(`tells its length, sends ${body.length} bytes, and ends the stream later`, async () => {
      await site.serve(async (exchange) => {
        const length = (await exchange.readBody()).bytes.length;
        await exchange.write(`HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n${length}`);
      });
      const session = http2.connect(url(''));
      const head = { ':method': 'POST', ':path': '/', 'content-length': body.length };
      const stream = session.request(head);
      await new Promise((sent) => stream.write(body, sent));
      // Until the other end has answered it, all that was sent before has arrived.
      await new Promise((answered) => session.ping(answered));
      stream.end();
      assert.equal(await text(stream), String(body.length));
      session.close();
    });
  }

  it('shares its listener with one of HTTP/1.1', async () => {
    await site.serve(async (exchange) => {
      await exchange.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
    const { stdout } = await run('curl', ['-si', '--http1.1', url('/')]);
    assert.match(stdout, /^HTTP\/1.1 200 OK/);
  });

  it('sends many requests at once', async () => {
    await site.serve(async (exchange) => {
      await exchange.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
    const session = http2.connect(url(''));
    const statuses = await Promise.all(
      Array.from({ length: 50 }, async (_, i) => {
        const stream = session.request({ ':path': `/many/${i}` });
        stream.resume();
        const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
        stream.once('response', (head) => resolve(head[':status']));
        stream.once('error', reject);
        return promise;
      }),
    );
    session.close();
    assert.deepEqual(new Set(statuses), new Set([200]));
  });
});
