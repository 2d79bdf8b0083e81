import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { useSite } from '../support/site.ts';

const run = promisify(execFile);

const withoutH2load: string | false =
  spawnSync('h2load', ['--version']).error !== undefined &&
  process.env['CI'] !== 'true' &&
  'h2load is not installed: apt-get install nghttp2-client';

describe('h2load, with many streams on each of its connections,', { skip: withoutH2load }, () => {
  const site = useSite({ listen: '127.0.0.1:0 http2' });

  it('gets every answer, whole', async () => {
    const body = 'x'.repeat(3000);
    await site.serve(async (exchange) => {
      await exchange.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    });
    const url = `http://127.0.0.1:${site.gateway.proxyPort}/`;
    const { stdout } = await run('h2load', ['-n', '2000', '-c', '8', '-m', '16', url]);
    assert.match(stdout, /^requests: 2000 total, .* 2000 succeeded, 0 failed, 0 errored/m);
    assert.match(stdout, /^status codes: 2000 2xx/m);
    assert.match(stdout, /\(6000000\) data$/m);
  });
});
