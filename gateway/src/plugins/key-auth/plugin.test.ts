import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Exchange } from '../../plugin/plugin.ts';
import { TestGateway } from '../../plugin/testing/test-gateway.ts';
import type { RequestInit } from '../../plugin/testing/test-request.ts';
import { keyAuth } from './plugin.ts';

function gatewayWithBob(): TestGateway {
  const gateway = new TestGateway();
  const bob = gateway.directory.addConsumer({ username: 'bob', custom_id: 'b-1' });
  gateway.directory.addCredential('keyauth_credentials', 'bob-key', bob, { id: 'credential-1' });
  return gateway;
}

function send(config: object, request: RequestInit) {
  const gateway = gatewayWithBob();
  return gateway.send([gateway.configure(keyAuth, config)], request);
}

const form = (body: string): RequestInit => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  body,
});
const json = (body: string): RequestInit => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/json; charset=utf-8' },
  body,
});

describe('key-auth', () => {
  it('tells the service whose key it was', async () => {
    const { upstreamRequest } = await send({}, { headers: { apikey: 'bob-key' } });
    const headers = upstreamRequest?.headers;
    assert.equal(headers?.first('x-consumer-username'), 'bob');
    assert.equal(headers?.first('x-consumer-custom-id'), 'b-1');
    assert.equal(headers?.first('x-credential-identifier'), 'credential-1');
    assert.equal(headers?.first('apikey'), 'bob-key');
  });

  it('answers 401 when no key is there', async () => {
    const { response, upstreamRequest, answeredBy } = await send({}, {});
    assert.equal(response.status, 401);
    assert.match(response.body, /"message":"No API key found in request"/);
    assert.equal(response.header('www-authenticate'), 'Key');
    assert.equal(answeredBy, 'error');
    assert.equal(upstreamRequest, null);
  });

  it('answers 401 to a key that nobody has, case included', async () => {
    for (const apikey of ['wrong', 'BOB-KEY']) {
      const { response } = await send({}, { headers: { apikey } });
      assert.equal(response.status, 401);
      assert.match(response.body, /"message":"Unauthorized"/);
    }
  });

  it('answers 401 to a key whose consumer is gone', async () => {
    const gateway = gatewayWithBob();
    gateway.directory.removeConsumer(gateway.directory.consumerByIdOrName('bob')!);
    const plugin = gateway.configure(keyAuth);
    const { response } = await gateway.send([plugin], { headers: { apikey: 'bob-key' } });
    assert.equal(response.status, 401);
  });

  it('names the realm', async () => {
    const { response } = await send({ realm: 'shop' }, {});
    assert.equal(response.header('www-authenticate'), 'Key realm="shop"');
  });

  it('takes an empty header for no key and looks no further', async () => {
    const request = { target: '/?apikey=bob-key', headers: { apikey: '' } };
    assert.match((await send({}, request)).response.body, /No API key found/);
  });

  it('refuses several keys under one name', async () => {
    const twice: RequestInit = {
      headers: [
        ['apikey', 'bob-key'],
        ['apikey', 'bob-key'],
      ],
    };
    for (const request of [twice, { target: '/?apikey=bob-key&apikey' }]) {
      assert.match((await send({}, request)).response.body, /Duplicate API key found/);
    }
  });

  it('prefers the header to the query string', async () => {
    const request = { target: '/?apikey=wrong', headers: { apikey: 'bob-key' } };
    assert.equal((await send({}, request)).response.status, 200);
  });

  it('finds header names in any case, argument names only as written', async () => {
    const config = { key_names: ['X-Key'] };
    assert.equal((await send(config, { headers: { 'x-KEY': 'bob-key' } })).response.status, 200);
    assert.equal((await send(config, { target: '/?X-Key=bob-key' })).response.status, 200);
    assert.equal((await send(config, { target: '/?x-key=bob-key' })).response.status, 401);
  });

  it('takes api-key for api_key in headers, as Kong does', async () => {
    const config = { key_names: ['api_key'], hide_credentials: true };
    const ex = await send(config, { headers: { 'api-key': 'bob-key' } });
    assert.equal(ex.response.status, 200);
    assert.equal(ex.upstreamRequest?.headers.first('api-key'), undefined);
  });

  it('passes over an argument without value', async () => {
    const config = { key_names: ['a', 'b'] };
    assert.equal((await send(config, { target: '/?a&b=bob-key' })).response.status, 200);
  });

  it('looks only where it is told to', async () => {
    const header = { headers: { apikey: 'bob-key' } };
    const query = { target: '/?apikey=bob-key' };
    assert.equal((await send({ key_in_header: false }, header)).response.status, 401);
    assert.equal((await send({ key_in_header: false }, query)).response.status, 200);
    assert.equal((await send({ key_in_query: false }, query)).response.status, 401);
    assert.equal((await send({ key_in_query: false }, header)).response.status, 200);
    assert.equal((await send({}, form('apikey=bob-key'))).response.status, 401);
  });

  it('does not wait unless it reads a body', async () => {
    const gateway = gatewayWithBob();
    const { plugin, handlers } = gateway.configure(keyAuth, { key_in_body: true });
    const returned: unknown[] = [];
    const watched = { access: (ex: Exchange) => void returned.push(handlers.access?.(ex)) };
    await gateway.send([{ plugin, handlers: watched }], { headers: { apikey: 'bob-key' } });
    assert.deepEqual(returned, [undefined]);
  });

  it('refuses header names that cannot be', () => {
    const gateway = new TestGateway();
    assert.throws(
      () => gateway.configure(keyAuth, { key_names: ['a b'] }),
      /config\.key_names\.0: bad header name 'a b'/,
    );
  });
});

describe('key-auth with hide_credentials', () => {
  it('removes the header', async () => {
    const { upstreamRequest } = await send(
      { hide_credentials: true },
      { headers: { APIKey: 'bob-key', Other: '1' } },
    );
    assert.equal(upstreamRequest?.headers.first('apikey'), undefined);
    assert.equal(upstreamRequest?.headers.first('other'), '1');
  });

  it('removes the argument, and only that', async () => {
    const target = '/?apikey=bob-key&y=%7e&z';
    const { upstreamRequest } = await send({ hide_credentials: true }, { target });
    assert.equal(upstreamRequest?.target, '/?y=%7e&z=');
  });

  it('removes a copy in the other place too', async () => {
    const request = { target: '/?apikey=copy', headers: { apikey: 'bob-key' } };
    const { upstreamRequest } = await send({ hide_credentials: true }, request);
    assert.equal(upstreamRequest?.target, '/');
  });

  it('removes a wrong key as well before an anonymous request goes on', async () => {
    const gateway = gatewayWithBob();
    gateway.directory.addConsumer({ username: 'guest' });
    const config = { hide_credentials: true, anonymous: 'guest' };
    const ex = await gateway.send([gateway.configure(keyAuth, config)], {
      headers: { apikey: 'wrong' },
    });
    assert.equal(ex.upstreamRequest?.headers.first('apikey'), undefined);
    assert.equal(ex.consumer?.username, 'guest');
  });
});

describe('key-auth with key_in_body', () => {
  const inBody = { key_in_body: true };
  const hidden = { key_in_body: true, hide_credentials: true };
  const multipart = (body: string): RequestInit => ({
    method: 'POST',
    headers: { 'Content-Type': 'multipart/form-data; boundary=BND' },
    body,
  });
  const part = (name: string, value: string) =>
    `--BND\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;

  it('finds the key in forms, JSON and multipart', async () => {
    const requests = [
      form('x=1&apikey=bob-key'),
      json('{"x":1,"apikey":"bob-key"}'),
      multipart(`${part('apikey', 'bob-key')}--BND--\r\n`),
    ];
    for (const request of requests) {
      const { response, upstreamRequest } = await send(inBody, request);
      assert.equal(response.status, 200);
      assert.equal(upstreamRequest?.body, request.body);
    }
  });

  it('hides the key in forms, JSON and multipart', async () => {
    const cases: [RequestInit, string][] = [
      [form('apikey=bob-key&x=1'), 'x=1'],
      [json('{"apikey":"bob-key","x":1}'), '{"x":1}'],
      [
        multipart(`${part('apikey', 'bob-key')}${part('x', '1')}--BND--\r\n`),
        `${part('x', '1')}--BND--\r\n`,
      ],
    ];
    for (const [request, expected] of cases) {
      assert.equal((await send(hidden, request)).upstreamRequest?.body, expected);
    }
  });

  it('finds no key in other types, other values and broken bodies', async () => {
    const requests = [
      { ...form('apikey=bob-key'), headers: { 'Content-Type': 'text/plain' } },
      { ...form('apikey=bob-key'), headers: {} },
      json('{"x":1}'),
      json('{bad'),
      json('["apikey"]'),
      json('{"apikey":1}'),
      json('{"toString":"x"}'),
      { ...multipart('x'), headers: { 'Content-Type': 'multipart/form-data' } },
    ];
    for (const request of requests) {
      const { response } = await send(inBody, request);
      assert.equal(response.status, 401);
      assert.match(response.body, /No API key found in request/);
    }
  });

  it('refuses a wrong key and several keys', async () => {
    const unknown = await send(inBody, json('{"apikey":"wrong"}'));
    assert.match(unknown.response.body, /Unauthorized/);
    for (const request of [form('apikey=a&apikey=b'), json('{"apikey":["a","b"]}')]) {
      assert.match((await send(inBody, request)).response.body, /Duplicate API key found/);
    }
  });

  it('does not read a body whose request has its key elsewhere', async () => {
    const ex = await send(inBody, { ...form('x=1'), target: '/?apikey=bob-key' });
    assert.equal(ex.response.status, 200);
    assert.equal(ex.request.bodyReads, 0);
  });

  it('answers 413 to a body that is too long to search', async () => {
    const ex = await send(inBody, form('a'.repeat(1024 * 1024 + 1)));
    assert.equal(ex.response.status, 413);
  });
});
