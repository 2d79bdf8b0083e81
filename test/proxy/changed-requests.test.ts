import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { field } from '../support/http-message.ts';
import { get, head, post } from '../support/message.ts';
import { oneService, useSite } from '../support/site.ts';

/** What the origin tells of the request that reached it. */
interface Seen {
  readonly method: string;
  readonly target: string;
  readonly fields: readonly (readonly [string, string])[];
  readonly body: string;
}

describe('A request that a plugin changes', () => {
  const routes: Readonly<Record<string, object>> = {
    head: { http_method: 'HEAD' },
    get: { http_method: 'GET' },
    post: { http_method: 'POST' },
    path: { replace: { uri: '/other path/$(query_params.p)' } },
    json: { add: { body: ['a:1'] } },
    caller: {
      add: { headers: ['X-Name:$(headers.x_consumer_username or "nobody")'] },
      remove: { headers: ['X-Consumer-ID'] },
    },
  };
  const site = useSite({
    config: (port) => ({
      _format_version: '3.0',
      consumers: [{ username: 'alice', keyauth_credentials: [{ key: 'k' }] }],
      services: [
        {
          ...oneService(port),
          routes: Object.entries(routes).map(([name, config]) => ({
            name,
            paths: [`/${name}`],
            plugins: [
              { name: 'request-transformer', config },
              ...(name === 'caller' ? [{ name: 'key-auth' }] : []),
            ],
          })),
        },
      ],
    }),
  });

  const seen = async (bytes: string): Promise<Seen> => {
    const response = await site.fetch(bytes);
    assert.equal(response.status, 200);
    return JSON.parse(response.text) as Seen;
  };

  it('with HEAD has a response without body, on a connection that goes on', async () => {
    await site.serve((exchange) =>
      exchange.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\nX-A: 1\r\n\r\n'),
    );
    const client = await site.connect();
    for (let i = 0; i < 2; i++) {
      client.send(get('/head'));
      const response = await client.response();
      assert.equal(response.text, '');
      assert.equal(field(response, 'content-length'), '0');
      assert.equal(field(response, 'x-a'), '1');
    }
    assert.deepEqual(
      site.origin.exchanges.map(({ request }) => request.method),
      ['HEAD', 'HEAD'],
    );
  });

  it('from HEAD to another method gives the client no body', async () => {
    const client = await site.connect();
    client.send(head('HEAD /get HTTP/1.1', 'Host: h'));
    const response = await client.response('HEAD');
    assert.equal(response.status, 200);
    client.send(get('/get'));
    assert.equal((await client.response()).status, 200);
    assert.deepEqual(
      site.origin.exchanges.map(({ request }) => request.method),
      ['GET', 'GET'],
    );
  });

  it('with another method keeps its body', async () => {
    const { method, body } = await seen(post('/get', 'body'));
    assert.deepEqual([method, body], ['GET', 'body']);
    assert.equal((await seen(get('/post'))).method, 'POST');
  });

  it('goes to another path, escaped, with its query string', async () => {
    const { target } = await seen(get('/path?p=a%0D%0AX:%20b%3F'));
    assert.equal(target, '/other%20path/a%0D%0AX:%20b%3F?p=a%0D%0AX:%20b%3F');
  });

  it('is refused where a value would lead out of the path', async () => {
    assert.equal((await site.fetch(get('/path?p=..%2Fx'))).status, 400);
    assert.equal(site.origin.exchanges.length, 0);
  });

  it('without a body is given one with its length', async () => {
    const request = get('/json', 'Content-Type: application/json');
    const { body, fields } = await seen(request);
    assert.equal(body, '{"a":"1"}');
    assert.equal(field({ fields }, 'content-length'), '9');
    const client = await site.connect();
    client.send(request + request);
    for (let i = 0; i < 2; i++) assert.equal((await client.response()).status, 200);
  });

  it('in chunks goes on with its new length', async () => {
    const client = await site.connect();
    client.send(
      head(
        'POST /json HTTP/1.1',
        'Host: h',
        'Content-Type: application/json',
        'Transfer-Encoding: chunked',
      ),
    );
    client.send('7\r\n{"b":2}\r\n0\r\n\r\n');
    const { body } = JSON.parse((await client.response()).text) as Seen;
    assert.equal(body, '{"b":2,"a":"1"}');
  });

  it('tells who is asking as the gateway knows it', async () => {
    const { fields } = await seen(get('/caller', 'apikey: k', 'X-Consumer-Username: forged'));
    assert.equal(field({ fields }, 'x-name'), 'alice');
    assert.equal(field({ fields }, 'x-consumer-username'), 'alice');
    assert.equal(field({ fields }, 'x-consumer-id'), undefined);
  });
});
