import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import type { PeerRequest } from '../../plugin/peer/testing/test-peer.ts';
import { TestPeer } from '../../plugin/peer/testing/test-peer.ts';
import type { Configured } from '../../plugin/testing/test-gateway.ts';
import type { RequestInit } from '../../plugin/testing/test-request.ts';
import { TestGateway } from '../../plugin/testing/test-gateway.ts';
import type { TestExchange } from '../../plugin/testing/test-exchange.ts';
import { acl } from '../acl/plugin.ts';
import { oauth2Introspection } from './plugin.ts';

const bearer = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } });

describe('oauth2-introspection', () => {
  let server: TestPeer;
  let gateway: TestGateway;
  const made: Configured[] = [];
  /** What the server says, by token. */
  let answers: Record<string, unknown>;

  function plugin(config: object = {}): Configured {
    const introspection_url = server.url('/introspect');
    const known = 'client_id' in config ? {} : { authorization_value: 'Basic of-the-gateway' };
    const whole = { introspection_url, ...known, ...config };
    const configured = gateway.configure(oauth2Introspection, whole);
    made.push(configured);
    return configured;
  }

  const tokenIn = ({ body }: PeerRequest): string => new URLSearchParams(body).get('token') ?? '';
  const seen = ({ upstreamRequest }: TestExchange, name: string): string | undefined =>
    upstreamRequest?.headers.first(name);
  async function statusOf(token: string, by: Configured): Promise<number> {
    return (await gateway.send([by], bearer(token))).response.status;
  }

  beforeEach(async () => {
    gateway = new TestGateway();
    gateway.directory.addConsumer({ username: 'ada', custom_id: 'app-1' });
    const exp = gateway.now / 1000 + 3600;
    answers = {
      good: { active: true, username: 'ada', client_id: 'app-1', scope: 'read write', exp },
      unknown: { active: true, username: 'eve', sub: 'e-1', groups: ['staff'], aud: ['a', 'b'] },
    };
    server = await TestPeer.start((request, response) => {
      response.end(JSON.stringify(answers[tokenIn(request)] ?? { active: false }));
    });
  });
  afterEach(async () => {
    for (const { handlers } of made.splice(0)) handlers.dispose?.();
    await server.stop();
  });

  it('knows a consumer by what the server says, and tells the service', async () => {
    const ex = await gateway.send([plugin()], bearer('good'));
    assert.equal(ex.consumer?.username, 'ada');
    assert.equal(seen(ex, 'X-Credential-Identifier'), 'ada');
    assert.equal(seen(ex, 'X-Credential-Scope'), 'read write');
    assert.equal(seen(ex, 'X-Credential-Client-ID'), 'app-1');
    assert.equal(seen(ex, 'X-Credential-Exp'), String(gateway.now / 1000 + 3600));
  });

  it('asks as RFC 7662 says, by the name that it is known by', async () => {
    await statusOf(
      'good',
      plugin({ client_id: 'gate way', client_secret: 'p:w', token_type_hint: 'access_token' }),
    );
    const [request] = server.requests;
    assert.equal(request?.method, 'POST');
    assert.equal(request.target, '/introspect');
    assert.equal(request.body, 'token=good&token_type_hint=access_token');
    assert.equal(request.headers['content-type'], 'application/x-www-form-urlencoded');
    const login = Buffer.from('gate+way:p%3Aw').toString('base64');
    assert.equal(request.headers.authorization, `Basic ${login}`);
    const custom_introspection_headers = { 'X-Tenant': 'shop' };
    await statusOf(
      'good',
      plugin({ authorization_value: 'Bearer of-mine', custom_introspection_headers }),
    );
    assert.equal(server.requests[1]?.headers.authorization, 'Bearer of-mine');
    assert.equal(server.requests[1]?.headers['x-tenant'], 'shop');
  });

  it('wants one way to be known', () => {
    assert.throws(() => plugin({ authorization_value: 'x', client_id: 'a', client_secret: 'b' }));
    assert.throws(() => plugin({ client_id: 'a' }));
  });

  it('takes an address with http or https for the server', () => {
    const ask = (introspection_url: string) => () => plugin({ introspection_url });
    assert.throws(ask('ftp://127.0.0.1/introspect'), /config\.introspection_url: must be a URL/);
  });

  it('finds the token in the header, the query string or the body, and can hide it', async () => {
    const by = plugin({ hide_credentials: true });
    const inField = await gateway.send([by], bearer('good'));
    assert.equal(seen(inField, 'authorization'), undefined);
    const inQuery = await gateway.send([by], { target: '/?access_token=good&a=1' });
    assert.equal(inQuery.upstreamRequest?.target, '/?a=1');
    const inBody = await gateway.send([by], {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'a=1&access_token=good',
    });
    assert.equal(inBody.consumer?.username, 'ada');
    assert.equal(inBody.upstreamRequest?.body, 'a=1');
  });

  it('takes the same token twice for one, and refuses several, which the service may tell apart', async () => {
    const by = plugin();
    const form = (body: string): RequestInit => ({
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body,
    });
    const both = (target: string): RequestInit => ({ ...bearer('good'), target });
    const statusOf = async (request: RequestInit): Promise<number> =>
      (await gateway.send([by], request)).response.status;
    assert.equal(await statusOf(both('/?access_token=good')), 200);
    for (const request of [
      both('/?access_token=revoked'),
      { target: '/?access_token=good&access_token=revoked' },
      form('access_token=good&access_token=revoked'),
    ]) {
      assert.equal(await statusOf(request), 401);
    }
    const { response } = await gateway.send([by], both('/?access_token=revoked'));
    assert.deepEqual(response.json, {
      error: 'invalid_request',
      error_description: 'There are several access tokens',
    });
  });

  it('answers 401 without a token, and to one that is not active, in the words of Kong', async () => {
    const by = plugin();
    const without = await gateway.send([by]);
    assert.equal(without.response.status, 401);
    assert.equal(without.response.header('www-authenticate'), 'Bearer realm="service"');
    assert.deepEqual(JSON.parse(without.response.body), {
      error: 'invalid_request',
      error_description: 'The access token is missing',
    });
    const inactive = await gateway.send([by], bearer('revoked'));
    assert.equal(inactive.response.status, 401);
    assert.equal((JSON.parse(inactive.response.body) as { error: string }).error, 'invalid_token');
    assert.match(inactive.response.header('www-authenticate') ?? '', /error="invalid_token"/);
  });

  it('asks once for a token, as long as that counts', async () => {
    const by = plugin({ ttl: 30, negative_ttl: 5 });
    for (let i = 0; i < 3; i++) assert.equal(await statusOf('good', by), 200);
    for (let i = 0; i < 3; i++) assert.equal(await statusOf('bad', by), 401);
    assert.equal(server.requests.length, 2);
    gateway.now += 5_000;
    await statusOf('bad', by);
    assert.equal(server.requests.length, 3);
    delete answers.good;
    gateway.now += 24_999;
    assert.equal(await statusOf('good', by), 200);
    gateway.now += 1;
    for (let i = 0; i < 3; i++) assert.equal(await statusOf('good', by), 401);
    assert.equal(server.requests.length, 4);
  });

  it('never lets a token pass that has expired, however long an answer counts', async () => {
    const by = plugin({ ttl: 1000 });
    answers.brief = { active: true, exp: gateway.now / 1000 + 2 };
    answers.early = { active: true, nbf: gateway.now / 1000 + 10 };
    assert.equal(await statusOf('brief', by), 200);
    gateway.now += 2_000;
    assert.equal(await statusOf('brief', by), 401);
    assert.equal(await statusOf('early', by), 401);
  });

  it('lets a token pass again only as long as its consumer and what it is sent with are the same', async () => {
    const by = plugin({ consumer_optional: false, hide_credentials: true });
    for (let i = 0; i < 2; i++) {
      const ex = await gateway.send([by], bearer('good'));
      assert.equal(seen(ex, 'X-Credential-Scope'), 'read write');
      assert.equal(seen(ex, 'authorization'), undefined);
    }
    const twice = { ...bearer('good'), target: '/?access_token=revoked' };
    assert.equal((await gateway.send([by], twice)).response.status, 401);
    gateway.directory.removeConsumer(gateway.directory.consumerByIdOrName('ada')!);
    assert.equal(await statusOf('good', by), 401);
    assert.equal(server.requests.length, 1);
  });

  it('asks each time where nothing is to be remembered', async () => {
    const by = plugin({ ttl: 0, negative_ttl: 0 });
    for (const token of ['good', 'good', 'bad', 'bad']) await statusOf(token, by);
    assert.equal(server.requests.length, 4);
  });

  it('asks once, however many requests come with a token at the same time', async () => {
    const by = plugin();
    await Promise.all(Array.from({ length: 30 }, () => statusOf('good', by)));
    assert.equal(server.requests.length, 1);
  });

  it('does not take what was said under one configuration for another', async () => {
    await statusOf('good', plugin());
    await statusOf('good', plugin({ authorization_value: 'Basic other' }));
    assert.equal(server.requests.length, 2);
  });

  it('tells the server what is asked for, and asks for each by itself, where it is to', async () => {
    const by = plugin({ introspect_request: true });
    for (const target of ['/a?secret=1', '/b', '/b']) {
      await gateway.send([by], { ...bearer('good'), target });
    }
    const told = server.requests.map(({ headers }) => headers['x-request-path']);
    assert.deepEqual(told, ['/a', '/b']);
    assert.equal(server.requests[0]?.headers['x-request-http-method'], 'GET');
  });

  it('finds consumers by client_id too, and may need one', async () => {
    const ex = await gateway.send([plugin({ consumer_by: 'client_id' })], bearer('good'));
    assert.equal(ex.consumer?.username, 'ada');
    assert.equal(await statusOf('unknown', plugin()), 200);
    assert.equal(await statusOf('unknown', plugin({ consumer_optional: false })), 401);
  });

  it('holds tokens to scopes and audience', async () => {
    assert.equal(await statusOf('good', plugin({ scopes_required: ['write'] })), 200);
    const lacking = await gateway.send(
      [plugin({ scopes_required: ['read', 'admin'] })],
      bearer('good'),
    );
    assert.equal(lacking.response.status, 403);
    assert.match(
      lacking.response.header('www-authenticate') ?? '',
      /scope="read admin", error="insufficient_scope"/,
    );
    assert.equal(await statusOf('unknown', plugin({ audience: ['b'] })), 200);
    assert.equal(await statusOf('good', plugin({ audience: ['b'] })), 401);
  });

  it('brings groups for acl', async () => {
    const by = plugin({ groups_claim: 'groups' });
    const allow = (group: string) => gateway.configure(acl, { allow: [group] });
    assert.equal(
      (await gateway.send([by, allow('staff')], bearer('unknown'))).response.status,
      200,
    );
    assert.equal(
      (await gateway.send([by, allow('other')], bearer('unknown'))).response.status,
      403,
    );
  });

  it('keeps fields of clients that it speaks in from the service', async () => {
    const forged = { 'X-Credential-Scope': 'admin', 'x-credential-tenant': 'all', Other: '1' };
    const by = plugin({ custom_claims_forward: ['tenant'], run_on_preflight: false });
    const sent = { ...forged, ...bearer('unknown').headers };
    const ex = await gateway.send([by], { headers: sent });
    assert.equal(seen(ex, 'X-Credential-Scope'), undefined);
    assert.equal(seen(ex, 'X-Credential-Tenant'), undefined);
    const preflight = await gateway.send([by], { method: 'OPTIONS', headers: forged });
    assert.equal(seen(preflight, 'X-Credential-Scope'), undefined);
    assert.equal(seen(preflight, 'Other'), '1');
  });

  it('ends no line with what the server says', async () => {
    answers.sly = { active: true, username: 'ada\r\nX-Admin: 1', scope: 'a\r\nX-Admin: 1' };
    const ex = await gateway.send([plugin()], bearer('sly'));
    assert.equal(seen(ex, 'X-Credential-Scope'), 'a%0D%0AX-Admin: 1');
    assert.equal(seen(ex, 'X-Admin'), undefined);
  });

  it('refuses tokens of a kind that the server does not look into, without blaming the server', async () => {
    const body = '{"error":"unsupported_token_type"}';
    server.answer = (_request, response) => void response.writeHead(400).end(body);
    gateway.directory.addConsumer({ username: 'guest' });
    assert.equal(await statusOf('a.jwt.elsewhere', plugin()), 401);
    const ex = await gateway.send([plugin({ anonymous: 'guest' })], bearer('a.jwt.elsewhere'));
    assert.equal(ex.consumer?.username, 'guest');
    assert.deepEqual(gateway.log, []);
    for (const other of ['{"error":"invalid_request"}', '<html>', '["unsupported_token_type"]']) {
      server.answer = (_request, response) => void response.writeHead(400).end(other);
      assert.equal(
        await statusOf(`another ${other.length}`.replace(' ', '-'), plugin()),
        503,
        other,
      );
    }
  });

  describe('without an answer of use', () => {
    const nonsense: [string, string][] = [
      ['no JSON', '<html>'],
      ['no object', '[true]'],
      ['no word of active', '{"username":"ada"}'],
      ['active as a text', '{"active":"true","username":"ada"}'],
      ['an exp that is no number', '{"active":true,"exp":"never"}'],
      ['more than it may be', `{"active":true,"x":"${'x'.repeat(70_000)}"}`],
    ];
    for (const [what, body] of nonsense) {
      it(`answers 503 to ${what}, and remembers nothing`, async () => {
        const { answer } = server;
        server.answer = (_request, response) => void response.end(body);
        const by = plugin();
        assert.equal(await statusOf('good', by), 503);
        server.answer = answer;
        assert.equal(await statusOf('good', by), 200);
      });
    }

    it('answers 503 also where there is an anonymous consumer, counts, and says so once', async () => {
      gateway.directory.addConsumer({ username: 'guest' });
      server.answer = (_request, response) => void response.writeHead(500).end();
      const by = plugin({ anonymous: 'guest' });
      for (let i = 0; i < 3; i++) {
        const ex = await gateway.send([by], bearer('good'));
        assert.equal(ex.response.status, 503);
        assert.equal(ex.response.header('retry-after'), '5');
      }
      assert.deepEqual(
        gateway.log.map(({ message }) => message),
        ['the introspection server cannot be relied on: the answer has the status 500'],
      );
      const one = [`${server.name} bad_answer`, `${server.name} closed`];
      assert.deepEqual(gateway.counted, [...one, ...one, ...one]);
      assert.equal((await gateway.send([by])).consumer?.username, 'guest');
    });

    it('lets requests pass where that is wanted, as nobody or as the anonymous consumer', async () => {
      gateway.directory.addConsumer({ username: 'guest' });
      await server.stop();
      const open = await gateway.send([plugin({ on_failure: 'open' })], bearer('good'));
      assert.equal(open.response.status, 200);
      assert.equal(open.credential, null);
      const guest = plugin({ on_failure: 'open', anonymous: 'guest' });
      assert.equal((await gateway.send([guest], bearer('good'))).consumer?.username, 'guest');
      assert.equal((await gateway.send([plugin({ on_failure: 'open' })])).response.status, 401);
    });

    it('lets nobody pass by a token that the server does not take', async () => {
      server.answer = (_request, response) => void response.writeHead(400).end();
      const by = plugin({ on_failure: 'open' });
      assert.equal((await gateway.send([by], bearer('odd'))).response.status, 503);
    });

    it('goes on with what is known', async () => {
      const by = plugin();
      await statusOf('good', by);
      await server.stop();
      assert.equal(await statusOf('good', by), 200);
      assert.equal(await statusOf('new', by), 503);
    });

    it('does not pile up requests', async () => {
      server.answer = () => undefined;
      const by = plugin({ timeout: 300, max_in_flight: 2, max_waiting: 2 });
      const statuses = await Promise.all(
        Array.from({ length: 50 }, (_, i) => statusOf(`token-${i}`, by)),
      );
      assert.ok(statuses.every((status) => status === 503));
      assert.ok(server.requests.length <= 2, `${server.requests.length}`);
      const many = gateway.counted.filter((one) => one.endsWith('too_many'));
      assert.equal(many.length, 48);
    });
  });

  it('asks for nothing that cannot be a token, and never fails, whatever is sent', async () => {
    const by = plugin();
    for (const token of ['a b', 'a\tb', 'ä', `${'x'.repeat(8193)}`]) {
      assert.equal(await statusOf(token, by), 401);
    }
    assert.equal((await gateway.send([by], { target: '/?access_token' })).response.status, 401);
    assert.equal(server.requests.length, 0);
    const value = fc
      .string({ unit: 'binary', maxLength: 40 })
      .map((one) => one.replace(/[\r\n\0]/g, ''));
    await fc.assert(
      fc.asyncProperty(value, value, async (field, query) => {
        const target = `/?access_token=${encodeURIComponent(query)}`;
        const headers = { Authorization: field };
        const { response } = await gateway.send([by], { headers, target });
        assert.equal(response.status, 401);
      }),
      { numRuns: 200, seed: 7662 },
    );
  });

  it('makes no failure of its own of what a server says, whatever that is', async () => {
    const by = plugin({
      ttl: 0,
      negative_ttl: 0,
      groups_claim: 'groups',
      custom_claims_forward: ['x'],
    });
    const members = ['username', 'client_id', 'scope', 'exp', 'nbf', 'aud', 'sub', 'groups', 'x'];
    const answer = fc.dictionary(fc.constantFrom(...members), fc.jsonValue());
    await fc.assert(
      fc.asyncProperty(answer, async (said) => {
        answers.good = { ...said, active: true };
        const status = await statusOf('good', by);
        assert.ok([200, 401, 503].includes(status), `${status}`);
      }),
      { numRuns: 200, seed: 7662 },
    );
  });
});
