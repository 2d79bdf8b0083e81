import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PluginHandlers } from '../../plugin/plugin.ts';
import { TestGateway } from '../../plugin/testing/test-gateway.ts';
import type { RequestInit } from '../../plugin/testing/test-request.ts';
import { keyAuth } from '../key-auth/plugin.ts';
import { requestTransformer } from './plugin.ts';

async function send(config: object, request: RequestInit = {}, gateway = new TestGateway()) {
  const ex = await gateway.send([gateway.configure(requestTransformer, config)], request);
  const sent = ex.upstreamRequest;
  const headers = sent?.headers.list().filter(([name]) => !/^(host|content-type)$/i.test(name));
  return { ex, gateway, sent, headers, status: ex.response.status };
}

describe('request-transformer on headers', () => {
  it('adds what is missing and appends to what is there', async () => {
    const config = { add: { headers: ['X-A:1', 'X-B:2'] }, append: { headers: ['X-C:3'] } };
    assert.deepEqual((await send(config)).headers, [
      ['X-A', '1'],
      ['X-B', '2'],
      ['X-C', '3'],
    ]);
    const { headers } = await send(config, { headers: { 'x-a': 'o', 'x-c': 'o' } });
    assert.deepEqual(headers, [
      ['x-a', 'o'],
      ['x-c', 'o'],
      ['X-B', '2'],
      ['X-C', '3'],
    ]);
  });

  it('removes, renames and replaces, in this order', async () => {
    const config = {
      remove: { headers: ['x-r'] },
      rename: { headers: ['X-N:X-M'] },
      replace: { headers: ['X-M:m', 'X-None:1'] },
      add: { headers: ['X-R:again'] },
    };
    const { headers } = await send(config, {
      headers: [
        ['X-R', '1'],
        ['X-N', '2'],
        ['X-N', '3'],
      ],
    });
    assert.deepEqual(headers, [
      ['X-M', 'm'],
      ['X-R', 'again'],
    ]);
  });

  it('replaces Host, and does nothing else with it', async () => {
    const host = async (config: object) => (await send(config)).sent?.headers.first('host');
    assert.equal(await host({ replace: { headers: ['Host:new.test'] } }), 'new.test');
    assert.equal(await host({ add: { headers: ['Host:new.test'] } }), 'gateway.test');
    assert.equal(await host({ remove: { headers: ['Host'] } }), 'gateway.test');
    assert.equal(await host({ rename: { headers: ['Host:X-H'] } }), 'gateway.test');
  });

  it('leaves alone what is the gateway’s own, and says so', async () => {
    const { headers, gateway } = await send(
      {
        add: { headers: ['Content-Length:0', 'X-Forwarded-For:1.2.3.4', 'X-A:1'] },
        remove: { headers: ['Transfer-Encoding'] },
        rename: { headers: ['X-Z:Connection'] },
      },
      { headers: { 'X-Z': 'z' } },
    );
    assert.deepEqual(headers, [
      ['X-Z', 'z'],
      ['X-A', '1'],
    ]);
    assert.match(gateway.log[0]?.message ?? '', /Transfer-Encoding, .*Content-Length, X-Forwarded/);
  });

  const identity = {
    rename: { headers: ['X-Consumer-Username:X-User'] },
    add: { headers: ['X-Name:$(headers.x_consumer_username)'] },
  };

  it('sees and changes what authentication found out', async () => {
    const gateway = new TestGateway();
    const alice = gateway.directory.addConsumer({ username: 'alice' });
    gateway.directory.addCredential('keyauth_credentials', 'key', alice);
    const plugins = [gateway.configure(keyAuth), gateway.configure(requestTransformer, identity)];
    const ex = await gateway.send(plugins, {
      headers: { apikey: 'key', 'X-Consumer-Username': 'forged' },
    });
    const { headers } = ex.upstreamRequest!;
    assert.deepEqual(headers.all('x-user'), ['alice']);
    assert.deepEqual(headers.all('x-name'), ['alice']);
    assert.deepEqual(headers.all('x-consumer-username'), []);
    assert.deepEqual(headers.all('x-consumer-id'), [alice.id]);
  });

  it('never sees what a client claims of who it is', async () => {
    const { headers } = await send(identity, {
      headers: { 'X-Consumer-Username': 'forged', X_Consumer_Username: 'forged' },
    });
    assert.deepEqual(headers, [['X-Name', '']]);
  });

  it('lets no value end its line', async () => {
    const { headers } = await send(
      { add: { headers: ['X-A:$(query_params.q)'] } },
      { target: '/?q=a%0D%0AX-B:%20b%00' },
    );
    assert.deepEqual(headers, [['X-A', 'a%0D%0AX-B: b%00']]);
  });

  it('takes no host from a client that is none', async () => {
    const config = { replace: { headers: ['Host:$(headers.x_in).test'] } };
    const { sent } = await send(config, { headers: { 'X-In': 'a' } });
    assert.equal(sent?.headers.first('host'), 'a.test');
    for (const value of ['a b', 'a/b', 'a\tb', 'x:1:2']) {
      assert.equal((await send(config, { headers: { 'X-In': value } })).status, 400, value);
    }
  });
});

describe('request-transformer with templates', () => {
  const one = async (template: string, request: RequestInit = {}) =>
    (await send({ add: { headers: [`X-T:${template}`] } }, request)).sent?.headers.first('x-t');

  it('takes headers, arguments, captures and what others left', async () => {
    assert.equal(await one('$(headers.x_in)', { headers: { 'X-In': 'hi' } }), 'hi');
    assert.equal(await one('$(headers["X-In"])', { headers: { 'x-in': 'hi' } }), 'hi');
    assert.equal(await one('$(headers.x_in)', { headers: { X_In: 'under' } }), 'under');
    assert.equal(await one('$(query_params.q)', { target: '/?q=a%20b' }), 'a b');
    assert.equal(await one('$(query_params.q)', { target: '/?q' }), 'true');
    assert.equal(await one('$(query_params.q)', { target: '/?q=1&q=2' }), '1, 2');
    const uriCaptures = { 1: '42', id: '42' };
    assert.equal(await one('$(uri_captures.id)-$(uri_captures[1])', { uriCaptures }), '42-42');
    assert.equal(await one('$(uri_captures.toString or "none")'), 'none');
  });

  it('takes what another plugin left', async () => {
    const gateway = new TestGateway();
    const config = { add: { headers: ['X-T:$(shared.tenant or "none")'] } };
    const plugin = gateway.configure(requestTransformer, config);
    const first = { ...requestTransformer, priority: 900 };
    const handlers: PluginHandlers = { access: (ex) => ex.share('tenant', 'blue') };
    const ex = await gateway.send([{ plugin: first, handlers }, plugin]);
    assert.equal(ex.upstreamRequest?.headers.first('x-t'), 'blue');
    const without = await gateway.send([plugin]);
    assert.equal(without.upstreamRequest?.headers.first('x-t'), 'none');
  });

  it('sees the request as it was before anything changed', async () => {
    const { headers, sent } = await send(
      {
        remove: { headers: ['X-A'] },
        add: { headers: ['X-B:$(headers.x_a)'], querystring: ['a:$(headers.x_a)'] },
      },
      { headers: { 'X-A': '1' } },
    );
    assert.deepEqual(headers, [['X-B', '1']]);
    assert.equal(sent?.target, '/?a=1');
  });

  it('is a 500 where the client has no part in that a template cannot be filled in', async () => {
    for (const template of ['$("a" .. shared.none)', '$(headers.none.deep)', '$("a" .. true)']) {
      const { status } = await send({ add: { headers: [`X-T:${template}`] } }, {});
      assert.equal(status, 500, template);
    }
  });

  it('is a 400 where a template cannot be filled in without what a client left out, told once', async () => {
    const gateway = new TestGateway();
    const config = { add: { headers: ['X-T:$("a" .. headers.none)'] } };
    const plugin = gateway.configure(requestTransformer, config);
    for (let i = 0; i < 2; i++) {
      const ex = await gateway.send([plugin]);
      assert.equal(ex.response.status, 400);
      assert.equal(ex.upstreamRequest, null);
      assert.doesNotMatch(ex.response.body, /none/);
    }
    assert.equal(gateway.log.length, 1);
    assert.match(gateway.log[0]?.message ?? '', /in the template '\$\("a" \.\. headers\.none\)'/);
  });

  it('is refused where it cannot be read', () => {
    const configure = (config: object) => new TestGateway().configure(requestTransformer, config);
    const bad = '$(header.x)';
    const expected = /invalid template at character 3: there is no variable 'header'/;
    for (const action of ['replace', 'add', 'append']) {
      for (const kind of ['headers', 'querystring', 'body']) {
        assert.throws(() => configure({ [action]: { [kind]: [`a:${bad}`] } }), expected);
      }
    }
    assert.throws(() => configure({ rename: { body: [`a:${bad}`] } }), expected);
    const noName = /'\$\(headers\.x\)' is not a valid header/;
    assert.throws(() => configure({ rename: { headers: ['a:$(headers.x)'] } }), noName);
    assert.throws(() => configure({ replace: { uri: bad } }), expected);
  });
});

describe('request-transformer on the query string', () => {
  const query = async (config: object, target: string) =>
    (await send(config, { target })).sent?.target;

  it('changes arguments, and orders them by name then', async () => {
    assert.equal(
      await query({ add: { querystring: ['a:1', 'b:x y', 'ü:ä&='] } }, '/?c=%20x&d&b=o'),
      '/?a=1&b=o&c=%20x&d&%C3%BC=%C3%A4%26%3D',
    );
    assert.equal(
      await query({ append: { querystring: ['a:9'] } }, '/?c=3&a=1&a=2'),
      '/?a=1&a=2&a=9&c=3',
    );
    assert.equal(await query({ replace: { querystring: ['a:n', 'z:1'] } }, '/?a=1&a=2'), '/?a=n');
    assert.equal(await query({ rename: { querystring: ['a:z'] } }, '/?a=o+p&z=1'), '/?z=o+p');
    assert.equal(await query({ remove: { querystring: ['a'] } }, '/?a=1&%61=2'), '/');
  });

  it('leaves a query string as it is where nothing fits', async () => {
    const config = { rename: { querystring: ['a:z'] }, remove: { querystring: ['b'] } };
    assert.equal(await query(config, '/?z=1&c&&x=%zz'), '/?z=1&c&&x=%zz');
  });
});

describe('request-transformer on method and path', () => {
  it('asks the service with another method', async () => {
    assert.equal((await send({ http_method: 'POST' })).sent?.method, 'POST');
  });

  it('makes arguments of a form for a method without a body', async () => {
    const { sent } = await send(
      { http_method: 'GET', remove: { querystring: ['c'] } },
      {
        method: 'POST',
        target: '/?a=0&b=1',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: 'a=2&c=3',
      },
    );
    assert.equal(sent?.target, '/?a=2&b=1');
    assert.equal(sent?.body, 'a=2&c=3');
  });

  it('does not ask services with CONNECT', async () => {
    const { sent, gateway } = await send({ http_method: 'CONNECT' });
    assert.equal(sent?.method, 'GET');
    assert.match(gateway.log[0]?.message ?? '', /CONNECT/);
  });

  it('asks for another path, with what stands behind its ? in front of the query string', async () => {
    const target = async (uri: string, request: RequestInit = {}) =>
      (await send({ replace: { uri } }, request)).sent?.target;
    assert.equal(await target('/fixed', { target: '/x?q=1' }), '/fixed?q=1');
    assert.equal(
      await target('/a?b=$(query_params.q)', { target: '/x?q=1%262' }),
      '/a?b=1%262&q=1%262',
    );
    assert.equal(await target('$(headers.x)', { headers: { x: 'no/slash' } }), '/no/slash');
    assert.equal(
      await target('/$(headers.x)/e', { headers: { x: 'a b?c#d' } }),
      '/a%20b%3Fc%23d/e',
    );
    assert.equal(await target('/$(headers.none)'), '/');
  });

  it('lets no value of a client lead out of its path', async () => {
    const config = { replace: { uri: '/users/$(query_params.id)/x' } };
    const status = async (id: string) =>
      (await send(config, { target: `/?id=${encodeURIComponent(id)}` })).status;
    for (const id of [
      '..',
      '../admin',
      '.',
      'a/../../b',
      '%2e%2e',
      '%2E.',
      'x%2f..',
      '..\\a',
      '..?',
    ]) {
      assert.equal(await status(id), 400, id);
    }
    for (const id of ['a..b', '...', 'a/b', '.hidden', 'x.'])
      assert.equal(await status(id), 200, id);
  });
});
