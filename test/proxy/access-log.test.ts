import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { get } from '../support/message.ts';
import { oneService, useSite } from '../support/site.ts';

const secret = 's3cr3t-k3y-of-alice';

describe('The access log', () => {
  const site = useSite({
    config: (port) => ({
      _format_version: '3.0',
      services: [
        { ...oneService(port), plugins: [{ name: 'key-auth', config: { key_in_query: true } }] },
      ],
      consumers: [{ username: 'alice', keyauth_credentials: [{ key: secret }] }],
    }),
  });

  it('has one JSON object a request, with what an operator asks for', async () => {
    const response = await site.fetch(get('/fields?x=1', `apikey: ${secret}`));
    assert.equal(response.status, 200);
    const line = await site.gateway.accessLine((one) => one.path === '/fields');
    assert.equal(line.method, 'GET');
    assert.equal(line.status, 200);
    assert.match(String(line.request_id), /^[0-9a-f]{32}$/);
    assert.equal(typeof line.revision, 'number');
    assert.equal(line.tries, 1);
    const text = JSON.stringify(line);
    for (const part of ['"everything"', '"origin"', '"alice"', '"127.0.0.1']) {
      assert.ok(text.includes(part), `${part} is missing in ${text}`);
    }
  });

  it('says why the gateway answered itself', async () => {
    assert.equal((await site.fetch(get('/denied'))).status, 401);
    const line = await site.gateway.accessLine((one) => one.path === '/denied');
    assert.equal(line.source, 'gateway');
    assert.match(String(line.reason), /key-auth/);
  });

  it('never holds a credential, wherever it was sent', async () => {
    await site.fetch(get('/in-header', `apikey: ${secret}`));
    await site.fetch(get(`/in-query?apikey=${secret}`));
    await site.fetch(get('/in-authorization', `Authorization: Bearer ${secret}`, 'Cookie: s3cr3t'));
    await site.fetch(get('/last'));
    await site.gateway.accessLine((one) => one.path === '/last');
    const text = readFileSync(site.gateway.accessLogFile, 'utf8');
    assert.ok(text.includes('/in-query'));
    assert.ok(!text.includes('s3cr3t'), text);
    assert.ok(!site.gateway.output.includes('s3cr3t'), site.gateway.output);
  });

  it('cannot be broken by what a client sends', async () => {
    await site.fetch(get('/%22%0A"quote\x80', 'User-Agent: "\\x"'));
    await site.fetch(get('/after-oddities'));
    // accessLine parses every line, so a broken one fails here.
    await site.gateway.accessLine((one) => one.path === '/after-oddities');
  });
});
