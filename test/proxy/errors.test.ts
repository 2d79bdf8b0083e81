import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { field } from '../support/http-message.ts';
import { get, head } from '../support/message.ts';
import { useSite } from '../support/site.ts';

describe("The gateway's own answers", () => {
  const site = useSite({ route: { paths: ['/known'] } });

  for (const [accept, type, pattern] of [
    [undefined, 'application/json', /^\{\s*"message":\s*"no Route matched with those values"/],
    ['application/json', 'application/json', /^\{\s*"message"/],
    ['text/html', 'text/html', /^<!doctype html>/],
    ['application/xml', 'application/xml', /^<\?xml/],
    ['text/plain', 'text/plain', /^no Route matched with those values\n/],
    ['text/html;q=0.1, application/json;q=0.9', 'application/json', /^\{/],
    ['*/*', 'application/json', /^\{/],
  ] as const) {
    it(`come as ${type} to a client that accepts ${accept ?? 'anything'}`, async () => {
      const fields = accept === undefined ? [] : [`Accept: ${accept}`];
      const response = await site.fetch(get('/unknown', ...fields));
      assert.equal(response.status, 404);
      assert.ok(field(response, 'content-type')?.startsWith(type));
      assert.match(response.text, pattern);
    });
  }

  it('carry the request id that the header names', async () => {
    const response = await site.fetch(get('/unknown'));
    const { request_id: id } = JSON.parse(response.text) as { request_id: string };
    assert.ok(response.fields.some(([, value]) => value === id));
  });

  it('leave the connection open', async () => {
    const client = await site.connect();
    assert.equal((await client.request(get('/unknown'))).status, 404);
    assert.equal((await client.request(get('/known'))).status, 200);
  });

  it('have no body for HEAD', async () => {
    const client = await site.connect();
    const response = await client.request(head('HEAD /unknown HTTP/1.1', 'Host: h'));
    assert.equal(response.status, 404);
    assert.equal((await client.request(get('/known'))).status, 200);
  });

  it('take the body of a refused request off the connection', async () => {
    const client = await site.connect();
    const request = head('POST /unknown HTTP/1.1', 'Host: h', 'Content-Length: 5');
    assert.equal((await client.request(`${request}hello`)).status, 404);
    assert.equal((await client.request(get('/known'))).status, 200);
  });

  it('name Sluice, not what is behind it', async () => {
    const response = await site.fetch(get('/unknown'));
    assert.match(field(response, 'server') ?? '', /^sluice/i);
  });
});
