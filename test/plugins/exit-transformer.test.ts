import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { field } from '../support/http-message.ts';
import { get, head } from '../support/message.ts';
import { ask, ALL_PROTOCOLS, PROTOCOLS, type Ask } from '../support/protocols.ts';
import { useSite } from '../support/site.ts';
import { within } from '../support/until.ts';

const PROBLEM = {
  content_type: 'application/problem+json',
  headers: { set: { 'X-Reason': '$(reason)' } },
  body: JSON.stringify({
    status: '$(status)',
    title: '$(message)',
    reason: '$(reason)',
    id: '$(request_id)',
    agent: '$(headers.user_agent)',
    path: '$(path)',
    route: '$(route.name)',
    wait: '$(answer_headers.retry_after and "later")',
  }),
};
const PAGE = {
  types: ['text/html'],
  content_type: 'text/html',
  body: '<title>Sorry</title><p>$(message) for $(headers.user_agent)</p>',
};
const HOSTILE = `"},<script>alert(1)</script>{"a":"'\\`;

/** A port that nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('exit-transformer', () => {
  let gone = 0;
  const site = useSite({
    listen: ALL_PROTOCOLS,
    prepare: async () => void (gone = await closedPort()),
    config: (port) => {
      const route = (name: string, ...plugins: object[]) => ({
        name,
        paths: [`/${name}`],
        plugins,
      });
      const limit = { minute: 1, policy: 'local', limit_by: 'header', header_name: 'x-cell' };
      const own = { rules: [{ statuses: ['401'], status: 403, body: '{"own":"$(status)"}' }] };
      const checked = {
        body_schema: '{"type":"object","properties":{"n":{"type":"integer"}}}',
        version: 'draft7',
        verbose_response: true,
      };
      const detailed = { body: '{"title":"$(message)","errors":"$(body.errors)"}' };
      const added = { add: { json: ['added:1'] } };
      return {
        _format_version: '3.0',
        plugins: [{ name: 'exit-transformer', config: { rules: [PAGE, PROBLEM] } }],
        services: [
          {
            name: 'origin',
            url: `http://127.0.0.1:${port}`,
            routes: [
              route('open'),
              route('key', { name: 'key-auth' }),
              route('limited', { name: 'rate-limiting', config: limit }),
              route('ended', { name: 'request-termination', config: { message: 'closed' } }),
              route('own', { name: 'key-auth' }, { name: 'exit-transformer', config: own }),
              route(
                'checked',
                { name: 'request-validator', config: checked },
                { name: 'exit-transformer', config: { rules: [detailed] } },
              ),
              route('both', { name: 'key-auth' }, { name: 'response-transformer', config: added }),
            ],
          },
          { name: 'gone', url: `http://127.0.0.1:${gone}`, retries: 0, routes: [route('gone')] },
        ],
      };
    },
  });

  for (const protocol of PROTOCOLS) {
    describe(`by ${protocol}`, () => {
      const send = async (path: string, wish: Ask = {}) => {
        const asked = ask(protocol, site.gateway.proxyPorts, path, wish);
        const answer = await within('the answer', asked);
        return { status: answer.status, headers: answer.headers, text: await answer.text() };
      };
      /** What a problem says, without its id. */
      const problem = async (path: string, wish: Ask = {}): Promise<object> => {
        const { status, headers, text } = await send(path, {
          ...wish,
          headers: { 'user-agent': 'test', ...wish.headers },
        });
        assert.equal(headers['content-type'], 'application/problem+json');
        assert.equal(headers['content-length'], String(Buffer.byteLength(text)));
        const { id, ...rest } = JSON.parse(text) as Record<string, unknown>;
        assert.match(String(id), /^[0-9a-f]{32}$/);
        assert.equal(rest['status'], status);
        assert.equal(rest['reason'], headers['x-reason']);
        return rest;
      };
      const common = { agent: 'test', wait: null };

      it('shapes the 404 of a request without a route', async () => {
        assert.deepEqual(await problem('/n%C3%B6?a=1'), {
          ...common,
          status: 404,
          title: 'no Route matched with those values',
          reason: 'no_route',
          path: '/nö',
          route: null,
        });
      });

      it('keeps what a rule names of the answer', async () => {
        const { status, text } = await send('/checked', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{"n":"x"}',
        });
        assert.equal(status, 400);
        assert.deepEqual(JSON.parse(text), {
          title: "request body doesn't conform to schema",
          errors: [{ in: 'body', path: '/n', message: 'must be integer' }],
        });
      });

      it('shapes what plugins refuse', async () => {
        assert.deepEqual(await problem('/key'), {
          ...common,
          status: 401,
          title: 'No API key found in request',
          reason: 'plugin:key-auth',
          path: '/key',
          route: 'key',
        });
        assert.deepEqual(await problem('/ended'), {
          ...common,
          status: 503,
          title: 'closed',
          reason: 'plugin:request-termination',
          path: '/ended',
          route: 'ended',
        });
        const cell = { headers: { 'x-cell': protocol } };
        assert.equal((await send('/limited', cell)).status, 200);
        assert.deepEqual(await problem('/limited', cell), {
          ...common,
          status: 429,
          title: 'API rate limit exceeded',
          reason: 'plugin:rate-limiting',
          path: '/limited',
          route: 'limited',
          wait: 'later',
        });
      });

      it('shapes what is answered for a service that is gone', async () => {
        const told = (await problem('/gone')) as Record<string, unknown>;
        assert.equal(told['status'], 502);
        assert.equal(told['route'], 'gone');
      });

      it('leaves errors of the service alone', async () => {
        await site.serve((exchange) => exchange.send(503, 'theirs'));
        const { status, headers, text } = await send('/open');
        assert.deepEqual([status, text, headers['x-reason']], [503, 'theirs', undefined]);
      });

      it('is done by the instance of the route where there is one', async () => {
        const { status, headers, text } = await send('/own');
        assert.deepEqual([status, text], [403, '{"own":401}']);
        assert.equal(headers['content-type'], 'application/json; charset=utf-8');
        assert.equal(headers['x-reason'], undefined);
      });

      it('comes before the changes of other plugins', async () => {
        const { text } = await send('/both');
        assert.equal((JSON.parse(text) as Record<string, unknown>)['added'], '1');
      });

      it('gives a browser a page where a plugin answers in JSON, whatever is wanted', async () => {
        const { status, headers, text } = await send('/ended', {
          headers: { accept: 'text/html,*/*;q=0.8', 'user-agent': 'test' },
        });
        assert.equal(status, 503);
        assert.equal(headers['content-type'], 'text/html; charset=utf-8');
        assert.equal(text, '<title>Sorry</title><p>closed for test</p>');
      });

      it('gives browsers a page, in which nothing is theirs but text', async () => {
        const headers = { accept: 'text/html,*/*;q=0.8', 'user-agent': HOSTILE };
        const { headers: got, text } = await send('/key', { headers });
        assert.equal(got['content-type'], 'text/html; charset=utf-8');
        assert.equal(
          text,
          '<title>Sorry</title><p>No API key found in request for &#34;},&#60;script&#62;alert(1)&#60;/script&#62;{&#34;a&#34;:&#34;&#39;\\</p>',
        );
        const told = await problem('/key', { headers: { 'user-agent': HOSTILE } });
        assert.equal((told as Record<string, unknown>)['agent'], HOSTILE);
      });

      it('tells HEAD the length that GET would have, and no more', async () => {
        const { status, headers, text } = await send('/own', { method: 'HEAD' });
        assert.deepEqual([status, headers['content-length'], text], [403, '11', '']);
      });
    });
  }

  it('shapes what is answered to a request that cannot be read', async () => {
    const { status, text } = await site.fetch(head('GET / HTTP/1.1', 'Host: h', 'Bad Name: 1'));
    const told = JSON.parse(text) as Record<string, unknown>;
    assert.deepEqual([status, told['status'], told['title']], [400, 400, 'Bad request']);
  });

  it('keeps a connection in step', async () => {
    const client = await site.connect();
    for (let i = 0; i < 3; i++) {
      client.send(get('/key', 'User-Agent: ü'));
      const response = await client.response();
      assert.equal(field(response, 'content-length'), String(response.body.bytes.length));
      client.send(get('/open'));
      assert.equal((await client.response()).status, 200);
    }
  });
});

describe('exit-transformer that is told to leave what has no route', () => {
  const config = { rules: [PROBLEM], handle_unknown: false, handle_unexpected: false };
  const site = useSite({
    config: () => ({ _format_version: '3.0', plugins: [{ name: 'exit-transformer', config }] }),
  });

  it('does', async () => {
    const unknown = await site.fetch(get('/'));
    assert.equal(unknown.status, 404);
    assert.equal(field(unknown, 'content-type'), 'application/json; charset=utf-8');
    const unread = await site.fetch(head('GET / HTTP/1.1', 'Host: h', 'Bad Name: 1'));
    assert.equal(unread.status, 400);
    assert.equal(field(unread, 'x-reason'), undefined);
  });
});
