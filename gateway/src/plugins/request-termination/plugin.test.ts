import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TestGateway } from '../../plugin/testing/test-gateway.ts';
import type { RequestInit } from '../../plugin/testing/test-request.ts';
import { requestTermination } from './plugin.ts';

function send(config: object, request: RequestInit = {}) {
  const gateway = new TestGateway();
  return gateway.send([gateway.configure(requestTermination, config)], request);
}

describe('request-termination', () => {
  it('answers 503 by itself when nothing is configured', async () => {
    const { response, upstreamRequest } = await send({});
    assert.equal(response.status, 503);
    assert.equal(response.body, '{"message":"Service unavailable"}');
    assert.equal(response.header('content-type'), 'application/json; charset=utf-8');
    assert.equal(upstreamRequest, null);
  });

  it('sends its message as JSON whatever the client accepts', async () => {
    const { response, answeredBy } = await send(
      { status_code: 403, message: 'So long' },
      { headers: { Accept: 'text/html' } },
    );
    assert.equal(response.status, 403);
    assert.equal(response.body, '{"message":"So long"}');
    assert.equal(answeredBy, 'respond');
  });

  it('sends its body as it stands, with its type', async () => {
    const config = { status_code: 201, content_type: 'application/json', body: '{"a":1}' };
    const { response } = await send(config);
    assert.equal(response.status, 201);
    assert.equal(response.body, '{"a":1}');
    assert.equal(response.header('content-type'), 'application/json');
  });

  it('names no type for a body that has none', async () => {
    const { response } = await send({ body: 'no type' });
    assert.equal(response.body, 'no type');
    assert.equal(response.header('content-type'), undefined);
  });

  it('sends nothing but the status where there is no usual message for it', async () => {
    const { response } = await send({ status_code: 204 });
    assert.equal(response.status, 204);
    assert.equal(response.body, '');
    assert.equal(response.header('content-type'), undefined);
  });

  it('answers 503 in place of a status that ends no exchange, and says so', async () => {
    const gateway = new TestGateway();
    const plugin = gateway.configure(requestTermination, { status_code: 100 });
    assert.equal((await gateway.send([plugin])).response.status, 503);
    assert.match(gateway.log[0]?.message ?? '', /^100 is no status for a response/);
  });
});

describe('request-termination with a trigger', () => {
  const config = { trigger: 'X-Stop', status_code: 418 };

  it('answers requests that have the header, even empty', async () => {
    assert.equal((await send(config, { headers: { 'x-stop': '' } })).response.status, 418);
  });

  it('answers requests that have the argument, as it is written', async () => {
    assert.equal((await send(config, { target: '/?X-Stop' })).response.status, 418);
    assert.equal((await send(config, { target: '/?x-stop=1' })).response.status, 200);
  });

  it('lets other requests pass', async () => {
    assert.equal((await send(config)).response.status, 200);
  });
});

describe('request-termination with echo', () => {
  it('describes the request', async () => {
    const { response } = await send(
      { echo: true, status_code: 200 },
      {
        method: 'POST',
        target: '/a?b=1&b=2&c',
        headers: { Host: 'gw.test', 'X-One': '1' },
        body: 'hi',
      },
    );
    assert.equal(response.status, 200);
    const echo = response.json as { request: object; matched_route: { name: string } };
    assert.deepEqual(echo.request, {
      scheme: 'http',
      host: 'gw.test',
      port: 8000,
      method: 'POST',
      path: '/a',
      query: { b: ['1', '2'], c: '' },
      headers: { host: 'gw.test', 'x-one': '1' },
      raw_body: 'hi',
    });
    assert.equal(echo.matched_route.name, 'route');
  });

  it('answers 413 to a body that is too long to tell', async () => {
    const { response } = await send({ echo: true }, { body: 'a'.repeat(1024 * 1024 + 1) });
    assert.equal(response.status, 413);
  });
});

describe('request-termination configuration', () => {
  const configure = (config: object) => new TestGateway().configure(requestTermination, config);

  it('takes either a message or a body', () => {
    const expected = /config: message cannot be used with content_type or body/;
    assert.throws(() => configure({ message: 'm', body: 'b' }), expected);
    assert.throws(() => configure({ message: 'm', content_type: 'text/plain' }), expected);
  });

  it('takes a content type only with a body', () => {
    assert.throws(() => configure({ content_type: 'text/plain' }), /content_type requires a body/);
  });

  it('takes a status from 100 to 599', () => {
    assert.throws(() => configure({ status_code: 600 }), /value should be between 100 and 599/);
  });
});
