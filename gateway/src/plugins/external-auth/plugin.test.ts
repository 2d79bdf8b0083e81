import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { TestPeer } from '../../plugin/peer/testing/test-peer.ts';
import type { TestExchange } from '../../plugin/testing/test-exchange.ts';
import type { Configured } from '../../plugin/testing/test-gateway.ts';
import { TestGateway } from '../../plugin/testing/test-gateway.ts';
import type { RequestInit } from '../../plugin/testing/test-request.ts';
import { acl } from '../acl/plugin.ts';
import { externalAuth } from './plugin.ts';

describe('external-auth', () => {
  let service: TestPeer;
  let gateway: TestGateway;
  const made: Configured[] = [];

  function plugin(config: object = {}): Configured {
    const configured = gateway.configure(externalAuth, { url: service.url('/decide'), ...config });
    made.push(configured);
    return configured;
  }
  const allowing = (headers: Record<string, string | string[]> = {}, status = 200): void => {
    service.answer = (_request, response) => void response.writeHead(status, headers).end();
  };
  const send = (by: Configured, request: RequestInit = {}): Promise<TestExchange> =>
    gateway.send([by], request);
  const statusOf = async (by: Configured, request: RequestInit = {}): Promise<number> =>
    (await send(by, request)).response.status;
  const seen = ({ upstreamRequest }: TestExchange, name: string): string | undefined =>
    upstreamRequest?.headers.first(name);

  beforeEach(async () => {
    gateway = new TestGateway();
    gateway.directory.addConsumer({ username: 'ada', custom_id: 'a-1' });
    gateway.directory.addConsumer({ username: 'guest' });
    service = await TestPeer.start((_request, response) => void response.end());
  });
  afterEach(async () => {
    for (const { handlers } of made.splice(0)) handlers.dispose?.();
    await service.stop();
  });

  it('tells the service what is asked for, and sends it the fields that it is to have', async () => {
    await send(plugin({ custom_headers: { 'X-Gateway-Key': 's3cret' } }), {
      method: 'DELETE',
      target: '/orders/7?full=1',
      headers: {
        Authorization: 'Token x',
        Cookie: 'a=1',
        Other: '1',
        'X-Forwarded-For': '6.6.6.6',
      },
      clientIp: '203.0.113.9',
    });
    const [request] = service.requests;
    assert.equal(request?.method, 'GET');
    assert.equal(request.target, '/decide');
    const { headers } = request;
    assert.equal(headers.authorization, 'Token x');
    assert.equal(headers.cookie, 'a=1');
    assert.equal(headers.other, undefined);
    assert.equal(headers['x-gateway-key'], 's3cret');
    assert.equal(headers['x-forwarded-method'], 'DELETE');
    assert.equal(headers['x-forwarded-uri'], '/orders/7?full=1');
    assert.equal(headers['x-forwarded-host'], 'gateway.test');
    assert.equal(headers['x-forwarded-proto'], 'http');
    assert.equal(headers['x-forwarded-for'], '203.0.113.9');
  });

  it('knows a consumer, groups and who it is by what the service answers', async () => {
    allowing({ 'X-User': 'a-1', 'X-Groups': 'staff, ops', 'X-Id': 'user 7' });
    const by = plugin({
      consumer_header: 'x-user',
      groups_header: 'x-groups',
      identifier_header: 'x-id',
    });
    const ex = await send(by);
    assert.equal(ex.consumer?.username, 'ada');
    assert.equal(seen(ex, 'X-Credential-Identifier'), 'user 7');
    const behind = gateway.configure(acl, {
      allow: ['ops'],
      always_use_authenticated_groups: true,
    });
    assert.equal((await gateway.send([by, behind])).response.status, 200);
  });

  it('refuses who has no consumer where one is named, unless that does not matter', async () => {
    allowing({ 'X-User': 'eve' });
    assert.equal(await statusOf(plugin({ consumer_header: 'x-user' })), 401);
    const optional = await send(plugin({ consumer_header: 'x-user', consumer_optional: true }));
    assert.equal(optional.response.status, 200);
    assert.equal(optional.consumer, null);
    assert.notEqual(optional.credential, null);
  });

  it('hands fields of the answer up, and never those of a client in their place', async () => {
    const by = plugin({
      upstream_headers: ['X-Tenant', 'X-Role'],
      hide_headers: ['authorization'],
    });
    const headers = { 'x-tenant': 'forged', 'X-Role': 'admin', Authorization: 'Token x' };
    allowing({ 'X-Tenant': 'shop', Other: '1' });
    const ex = await send(by, { headers });
    assert.equal(seen(ex, 'x-tenant'), 'shop');
    assert.equal(seen(ex, 'x-role'), undefined);
    assert.equal(seen(ex, 'other'), undefined);
    assert.equal(seen(ex, 'authorization'), undefined);
    assert.equal(service.requests[0]?.headers.authorization, 'Token x');
  });

  it('keeps those of a client away also where nobody was asked', async () => {
    allowing({}, 401);
    const config = { upstream_headers: ['x-tenant'], run_on_preflight: false, anonymous: 'guest' };
    const headers = { 'X-Tenant': 'forged' };
    const anonymous = await send(plugin(config), { headers });
    assert.equal(anonymous.consumer?.username, 'guest');
    assert.equal(seen(anonymous, 'x-tenant'), undefined);
    const preflight = await send(plugin(config), { method: 'OPTIONS', headers });
    assert.equal(seen(preflight, 'x-tenant'), undefined);
    await service.stop();
    const open = await send(plugin({ ...config, on_failure: 'open' }), { headers });
    assert.equal(seen(open, 'x-tenant'), undefined);
  });

  it('can put another token in the place of the one that it asks about', async () => {
    allowing({ Authorization: 'Bearer of-the-house' });
    const by = plugin({ upstream_headers: ['authorization'], hide_headers: ['authorization'] });
    const ex = await send(by, { headers: { Authorization: 'Token x' } });
    assert.equal(service.requests[0]?.headers.authorization, 'Token x');
    assert.equal(seen(ex, 'authorization'), 'Bearer of-the-house');
  });

  it('hands fields of the answer down where a request passes', async () => {
    allowing({ 'Set-Cookie': ['a=1', 'b=2'], 'X-Expires': '60' });
    const by = plugin({ client_headers: ['set-cookie', 'x-expires'] });
    const service200 = () => ({
      headers: [
        ['Set-Cookie', 'own=1'],
        ['X-Expires', '1'],
      ] as const,
    });
    const { response } = await gateway.send([by], {}, service200);
    assert.deepEqual(response.headerValues('set-cookie'), ['own=1', 'a=1', 'b=2']);
    assert.deepEqual(response.headerValues('x-expires'), ['60']);
  });

  it('refuses with a status of its own for each, and the fields that belong to it', async () => {
    const by = plugin({ refuse_statuses: { '401': 401, '403': 404, '302': 302 } });
    allowing({ 'WWW-Authenticate': 'Token', 'X-Internal': '1' }, 401);
    const unauthorized = await send(by);
    assert.equal(unauthorized.response.status, 401);
    assert.equal(unauthorized.response.header('www-authenticate'), 'Token');
    assert.equal(unauthorized.response.header('x-internal'), undefined);
    assert.equal(unauthorized.upstreamRequest, null);
    allowing({}, 403);
    assert.equal(await statusOf(by), 404);
    allowing({ Location: 'https://login.test/', 'Set-Cookie': ['a=1', 'b=2'] }, 302);
    const { response } = await send(by);
    assert.equal(response.status, 302);
    assert.equal(response.header('location'), 'https://login.test/');
    assert.deepEqual(response.headerValues('set-cookie'), ['a=1', 'b=2']);
  });

  it('writes the answer itself, unless that of the service is wanted', async () => {
    service.answer = (_request, response) =>
      void response.writeHead(403, { 'Content-Type': 'application/problem+json' }).end('{"a":1}');
    assert.match((await send(plugin())).response.body, /You cannot consume this service/);
    const { response } = await send(plugin({ refusal_body: true }));
    assert.equal(response.body, '{"a":1}');
    assert.equal(response.header('content-type'), 'application/problem+json');
  });

  it('lets what it says to a refused client fall where the request goes on', async () => {
    allowing({ 'WWW-Authenticate': 'Token' }, 401);
    const { response } = await send(plugin({ anonymous: 'guest' }));
    assert.equal(response.status, 200);
    assert.equal(response.header('www-authenticate'), undefined);
  });

  describe('that remembers', () => {
    const ask = (by: Configured, fields: object = {}, rest: RequestInit = {}) =>
      statusOf(by, { ...rest, headers: { Authorization: 'x', ...fields } });

    it('asks again when the time is over', async () => {
      const by = plugin({ ttl: 10, negative_ttl: 2 });
      for (let i = 0; i < 3; i++) assert.equal(await ask(by), 200);
      assert.equal(service.requests.length, 1);
      allowing({}, 401);
      gateway.now += 10_000;
      for (let i = 0; i < 3; i++) assert.equal(await ask(by), 401);
      gateway.now += 2_000;
      await ask(by);
      assert.equal(service.requests.length, 3);
    });

    it('tells requests apart by everything that the service is told', async () => {
      const by = plugin({ ttl: 10 });
      const others: [object, RequestInit][] = [
        [{ Authorization: 'y' }, {}],
        [{ Cookie: 'a=1' }, {}],
        [{ Host: 'other.test' }, {}],
        [{}, { method: 'PUT' }],
        [{}, { target: '/other' }],
        [{}, { target: '/?a' }],
        [{}, { clientIp: '203.0.113.9' }],
        [{}, { scheme: 'https' }],
      ];
      await ask(by);
      for (const [fields, rest] of others) await ask(by, fields, rest);
      assert.equal(service.requests.length, 1 + others.length);
      for (const [fields, rest] of others) await ask(by, fields, rest);
      await ask(by, { Other: '1' });
      assert.equal(service.requests.length, 1 + others.length);
    });

    it('goes by less where that is said', async () => {
      const by = plugin({ ttl: 10, cache_headers: ['authorization'], cache_by: ['host'] });
      await ask(by);
      await ask(by, { Cookie: 'a=1' }, { method: 'PUT', target: '/other', clientIp: '10.0.0.1' });
      assert.equal(service.requests.length, 1);
      await ask(by, { Authorization: 'y' });
      assert.equal(service.requests.length, 2);
    });

    it('gives no cookie to others than whom it was meant for', async () => {
      allowing({ 'Set-Cookie': 'a=1', 'X-Expires': '60' });
      const by = plugin({ ttl: 10, client_headers: ['set-cookie', 'x-expires'] });
      for (let i = 0; i < 2; i++) {
        const { response } = await send(by);
        assert.equal(response.header('set-cookie'), undefined);
        assert.equal(response.header('x-expires'), '60');
      }
    });

    it('asks once for many that come at the same time', async () => {
      const by = plugin({ ttl: 10 });
      await Promise.all(Array.from({ length: 30 }, () => ask(by)));
      assert.equal(service.requests.length, 1);
    });
  });

  it('asks for each request where nothing is to be remembered', async () => {
    const by = plugin();
    await Promise.all(Array.from({ length: 5 }, () => statusOf(by)));
    assert.equal(service.requests.length, 5);
  });

  it('answers 503 without an answer of use, counts it, and says so once', async () => {
    const by = plugin({ timeout: 50, anonymous: 'guest' });
    const ways: ((response: ServerResponse) => void)[] = [
      (response) => response.writeHead(500).end(),
      (response) => response.writeHead(301, { Location: '/' }).end(),
      (response) => response.writeHead(206).end(),
      (response) => response.destroy(),
      (response) => response.end('x'.repeat(300_000)),
      () => undefined,
    ];
    for (const way of ways) {
      service.answer = (_request, response) => way(response);
      const { response } = await send(by);
      assert.equal(response.status, 503);
      assert.equal(response.header('retry-after'), '5');
    }
    assert.equal(gateway.counted.filter((one) => one === `${service.name} closed`).length, 6);
    assert.deepEqual(
      gateway.log.map(({ message }) => message),
      [
        'the service that decides about requests cannot be relied on: the answer has the status 500',
      ],
    );
  });

  it('lets requests pass then where that is wanted, as nobody or as the anonymous consumer', async () => {
    await service.stop();
    const open = await send(plugin({ on_failure: 'open' }));
    assert.equal(open.response.status, 200);
    assert.equal(open.credential, null);
    assert.equal(gateway.counted.at(-1), `${service.name} open`);
    const guest = await send(plugin({ on_failure: 'open', anonymous: 'guest' }));
    assert.equal(guest.consumer?.username, 'guest');
  });

  it('lets nobody pass by a request that the service does not take, or by too many', async () => {
    const by = plugin({ on_failure: 'open', max_in_flight: 1, max_waiting: 0, timeout: 300 });
    for (const status of [400, 404, 413, 431]) {
      allowing({}, status);
      assert.equal(await statusOf(by), 503, String(status));
    }
    assert.equal(gateway.counted.at(-1), `${service.name} closed`);
    allowing({}, 502);
    assert.equal(await statusOf(by), 200);
    service.answer = () => undefined;
    const statuses = await Promise.all([1, 2, 3].map(() => statusOf(by)));
    assert.deepEqual(statuses, [200, 503, 503]);
  });

  it('does not pile up requests', async () => {
    service.answer = () => undefined;
    const by = plugin({ timeout: 300, max_in_flight: 2, max_waiting: 2 });
    const sent = Array.from({ length: 50 }, () => statusOf(by));
    assert.ok((await Promise.all(sent)).every((status) => status === 503));
    assert.ok(service.requests.length <= 2, `${service.requests.length}`);
  });

  it('refuses configurations that could not work', () => {
    const wrong: [object, RegExp][] = [
      [{ url: 'nowhere' }, /config\.url/],
      [{ url: 'ftp://127.0.0.1/check' }, /config\.url: must be a URL with http or https/],
      [{ upstream_headers: ['X-Consumer-ID'] }, /use 'consumer_header'/],
      [{ upstream_headers: ['Transfer-Encoding'] }, /frames the message/],
      [{ request_headers: ['bad name'] }, /config\.request_headers/],
      [{ refuse_statuses: { '1': 401 } }, /config\.refuse_statuses/],
      [{ refuse_statuses: { '200': 401 } }, /200 is one of 'allow_statuses' too/],
    ];
    for (const [config, message] of wrong) assert.throws(() => plugin(config), message);
  });

  it('never fails, whatever a client sends', async () => {
    const by = plugin({ ttl: 1, request_headers: ['authorization', 'x-any'] });
    const value = fc
      .array(fc.integer({ min: 0x20, max: 0xff }), { maxLength: 40 })
      .map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 0x7f)).toString('latin1'));
    await fc.assert(
      fc.asyncProperty(value, value, async (one, two) => {
        const headers = { Authorization: one, 'X-Any': two };
        assert.equal(await statusOf(by, { headers }), 200);
      }),
      { numRuns: 200, seed: 6 },
    );
  });
});
