import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { authenticatedGroups } from '../../plugin/authentication.ts';
import { pairs, pemOf, tokenOf } from '../../plugin/jose/testing/tokens.ts';
import type { TestExchange } from '../../plugin/testing/test-exchange.ts';
import { TestIssuer } from '../../plugin/jose/testing/issuer.ts';
import { TestGateway, type Configured } from '../../plugin/testing/test-gateway.ts';
import type { RequestInit } from '../../plugin/testing/test-request.ts';
import { openidConnect } from './plugin.ts';
import { TestProvider } from './testing/test-provider.ts';

const NOW = Date.UTC(2030, 0, 15, 12);
const SECONDS = NOW / 1000;

describe('openid-connect with bearer tokens', () => {
  let provider: TestProvider;
  let gateway: TestGateway;
  let configured: Configured[] = [];

  beforeEach(async () => {
    provider = await TestProvider.start();
    gateway = new TestGateway({ now: NOW });
    gateway.directory.addConsumer({ username: 'ada', custom_id: 'a-1' });
  });
  afterEach(async () => {
    for (const { handlers } of configured) handlers.dispose?.();
    configured = [];
    await provider.stop();
  });

  function plugin(config: object = {}): Configured {
    const one = gateway.configure(openidConnect, {
      issuer: provider.issuer,
      client_id: ['app'],
      auth_methods: ['bearer'],
      ...config,
    });
    configured.push(one);
    return one;
  }

  const claims = { sub: 'ada', aud: 'app', exp: SECONDS + 600 };
  const token = (more: object = {}, header: object = {}): string =>
    provider.token({ ...claims, ...more }, header);

  function send(text: string, by = plugin(), request: RequestInit = {}): Promise<TestExchange> {
    const headers = { authorization: `Bearer ${text}`, ...request.headers };
    return gateway.send([by], { ...request, headers });
  }

  /** `passed`, or the status and the reason. */
  async function answerTo(text: string, by?: Configured): Promise<string> {
    const { response } = await send(text, by);
    if (response.status === 200) return 'passed';
    const reason = /error_description="([^"]*)"/.exec(response.header('www-authenticate') ?? '');
    return `${response.status} ${reason?.[1]}`;
  }

  it('passes what the provider has signed for this application', async () => {
    const { credential, consumer, upstreamRequest } = await send(token());
    assert.equal(consumer, null);
    assert.equal(credential?.id, `${provider.issuer} ada`);
    assert.equal(upstreamRequest?.headers.first('x-credential-identifier'), 'ada');
    assert.deepEqual(provider.asked, ['/.well-known/openid-configuration', '/jwks']);
  });

  it('asks for a token where there is none', async () => {
    const { response } = await gateway.send([plugin()]);
    assert.equal(response.status, 401);
    assert.equal((response.json as { message: string }).message, 'Unauthorized');
    assert.equal(response.header('www-authenticate'), 'Bearer realm="127.0.0.1"');
  });

  it('asks the provider once for what many requests need', async () => {
    const by = plugin();
    const sent = Array.from({ length: 30 }, (_, n) => send(token({ n }), by));
    for (const { response } of await Promise.all(sent)) assert.equal(response.status, 200);
    assert.equal(provider.asked.length, 2);
  });

  it('refuses tokens for other applications', async () => {
    const wrong = '403 the audience that is needed is missing';
    for (const aud of ['other', ['other'], undefined, 5, { app: 1 }]) {
      assert.equal(await answerTo(token({ aud })), wrong);
    }
    assert.equal(await answerTo(token({ aud: ['other', 'app'] })), 'passed');
    const api = plugin({ audience_required: ['api'] });
    assert.equal(await answerTo(token(), api), wrong);
    assert.equal(await answerTo(token({ aud: 'api' }), api), 'passed');
    const any = plugin({ client_id: null, bearer_any_audience: true });
    assert.equal(await answerTo(token({ aud: 'other' }), any), 'passed');
  });

  it('refuses tokens of other issuers, unless they are allowed', async () => {
    const other = token({ iss: 'https://other.test' });
    assert.equal(await answerTo(other), '401 unexpected issuer');
    const both = plugin({ issuers_allowed: ['https://other.test'] });
    assert.equal(await answerTo(other, both), 'passed');
    assert.equal(await answerTo(token({ iss: undefined }), both), '401 unexpected issuer');
  });

  it('says of a token that has nothing to verify that it is opaque, and what verifies such', async () => {
    const opaque = '401 an opaque token, of which nothing can be verified here';
    for (const text of ['2YotnFZFEjr1zCsicMWpAA', 'ya29.a0AfH6SMB']) {
      assert.equal(await answerTo(text), opaque);
    }
    assert.match(JSON.stringify(gateway.log[0]), /plugin oauth2-introspection asks/);
    assert.ok(!JSON.stringify(gateway.log).includes('2YotnFZFEjr1zCsicMWpAA'));
    assert.equal(await answerTo('a.b.c'), '401 no token: invalid JSON');
  });

  it('does not let a token decide how it is verified', async () => {
    const [header, body] = token().split('.') as [string, string];
    const none = Buffer.from('{"alg":"none","kid":"one"}').toString('base64url');
    assert.equal(await answerTo(`${none}.${body}.`), '401 no token: invalid alg');
    const secret = tokenOf('HS256', pemOf(pairs.rsa), { ...claims, iss: provider.issuer });
    assert.equal(await answerTo(secret), '401 the algorithm is not accepted');
    const only = plugin({ jwks_algorithms: ['ES256'] });
    assert.equal(await answerTo(token(), only), '401 the algorithm is not accepted');
    const own = { jwk: pairs.p256.publicKey.export({ format: 'jwk' }), kid: 'mine' };
    const iss = provider.issuer;
    const brought = tokenOf('ES256', pairs.p256.privateKey, { ...claims, iss }, own);
    assert.equal(await answerTo(brought), '401 the signature does not fit');
    assert.equal(await answerTo(`${header}.${body}.AAAA`), '401 the signature does not fit');
    const critical = token({}, { crit: ['b64'], b64: false });
    assert.equal(await answerTo(critical), '401 no token: unknown critical header');
  });

  it('takes the keys of further sets for those of the provider, as long as they are there', async () => {
    const further = await TestIssuer.start({ other: pairs.p256.publicKey });
    const iss = provider.issuer;
    const signed = tokenOf('ES256', pairs.p256.privateKey, { ...claims, iss }, { kid: 'other' });
    assert.equal(await answerTo(signed), '401 the signature does not fit');
    const by = plugin({ extra_jwks_uris: [further.uri], cache_ttl: 10, cache_max_age: 100 });
    assert.equal(await answerTo(signed, by), 'passed');
    assert.equal(await answerTo(token(), by), 'passed');
    // A name that stands for different keys in the two sets.
    further.publish({ one: pairs.p256.publicKey });
    gateway.now += 10_000;
    const same = tokenOf('ES256', pairs.p256.privateKey, { ...claims, iss }, { kid: 'one' });
    await answerTo(same, by);
    while ((await answerTo(signed, by)) === 'passed') await new Promise(setImmediate);
    assert.equal(await answerTo(same, by), 'passed');
    assert.equal(await answerTo(token({ n: 1 }), by), 'passed');
    await further.stop();
  });

  it('refuses what the provider has signed for other purposes', async () => {
    for (const typ of ['logout+jwt', 'secevent+jwt', 'token-introspection+jwt', 7]) {
      assert.equal(await answerTo(token({}, { typ })), '401 this token is for something else');
    }
    for (const typ of ['JWT', 'at+jwt', 'application/at+JWT', undefined]) {
      assert.equal(await answerTo(token({}, { typ })), 'passed');
    }
  });

  it('holds tokens to their times at every request', async () => {
    const by = plugin();
    assert.equal(await answerTo(token({ exp: undefined }), by), '401 exp: must be a number');
    assert.equal(await answerTo(token({ nbf: SECONDS + 1 }), by), '401 nbf: token not valid yet');
    assert.equal(await answerTo(token(), by), 'passed');
    gateway.now += 600_000;
    assert.equal(await answerTo(token(), by), '401 exp: token expired');
    assert.equal(await answerTo(token(), plugin({ leeway: 60 })), 'passed');
  });

  it('takes new keys of the provider, and no longer those that are gone', async () => {
    const by = plugin({ cache_ttl: 10 });
    assert.equal(await answerTo(token(), by), 'passed');
    provider.publish({ two: pairs.p256.publicKey });
    gateway.now += 10_000;
    const iss = provider.issuer;
    const next = tokenOf('ES256', pairs.p256.privateKey, { ...claims, iss }, { kid: 'two' });
    assert.equal(await answerTo(next, by), 'passed');
    assert.equal(await answerTo(token(), by), '401 the signature does not fit');
  });

  it('holds users to scopes, groups and roles', async () => {
    const by = plugin({
      scopes_required: ['read write', 'admin'],
      groups_required: ['Domain Admins'],
      roles_claim: ['realm_access', 'roles'],
      roles_required: ['r'],
    });
    const all = { scope: 'write read', groups: ['Domain Admins'], realm_access: { roles: ['r'] } };
    const lacks = (what: string): string => `403 the ${what} that is needed is missing`;
    assert.equal(await answerTo(token(all), by), 'passed');
    assert.equal(await answerTo(token({ ...all, scope: 'admin' }), by), 'passed');
    assert.equal(await answerTo(token({ ...all, scope: 'read' }), by), lacks('scope'));
    assert.equal(
      await answerTo(token({ ...all, groups: [['Domain Admins']] }), by),
      lacks('group'),
    );
    assert.equal(await answerTo(token({ ...all, realm_access: 'r' }), by), lacks('role'));
  });

  it('finds consumers by a claim', async () => {
    const by = plugin({ consumer_claim: ['user', 'id'], consumer_by: ['custom_id'] });
    assert.equal((await send(token({ user: { id: 'a-1' } }), by)).consumer?.username, 'ada');
    const unknown = '403 there is no consumer of that name';
    assert.equal(await answerTo(token({ user: { id: 'ada' } }), by), unknown);
    assert.equal(await answerTo(token(), by), unknown);
    const optional = plugin({ consumer_claim: ['sub'], consumer_optional: true });
    assert.equal((await send(token({ sub: 'eve' }), optional)).consumer, null);
  });

  it('tells acl and the service what the token says', async () => {
    const by = plugin({
      authenticated_groups_claim: ['groups'],
      upstream_headers_claims: ['email', 'groups', 'address', 'missing'],
      upstream_headers_names: ['X-Email', 'X-Groups', 'X-Address', 'X-Missing'],
    });
    const more = { groups: ['a', 'b'], email: 'ädä\r\nX-Admin: 1', address: { city: 'B' } };
    const forged = { 'x-missing': 'forged', 'X-Email': 'forged' };
    const ex = await send(token(more), by, { headers: forged });
    assert.deepEqual(authenticatedGroups(ex), ['a', 'b']);
    const { headers } = ex.upstreamRequest!;
    assert.equal(headers.first('x-groups'), 'a,b');
    assert.equal(headers.first('x-address'), '{"city":"B"}');
    assert.equal(headers.first('x-missing'), undefined);
    const email = Buffer.from(headers.first('x-email')!, 'latin1').toString();
    assert.equal(email, 'ädä%0D%0AX-Admin: 1');
    assert.equal(headers.first('x-admin'), undefined);
  });

  it('keeps the fields of claims from clients where another plugin knows them already', async () => {
    gateway.directory.addConsumer({ username: 'guest' });
    const by = plugin({
      anonymous: 'guest',
      upstream_headers_claims: ['email'],
      upstream_headers_names: ['X-Email'],
    });
    const ex = await gateway.send([by], { headers: { 'X-Email': 'forged' } });
    assert.equal(ex.consumer?.username, 'guest');
    assert.equal(ex.upstreamRequest?.headers.first('x-email'), undefined);
  });

  it('finds tokens where it is told to look, and hides them', async () => {
    const by = plugin({
      bearer_token_param_type: ['header', 'query', 'cookie'],
      bearer_token_cookie_name: 'jwt',
      hide_credentials: true,
    });
    const text = token();
    const inQuery = await gateway.send([by], { target: `/x?a=1&access_token=${text}&b` });
    assert.equal(inQuery.upstreamRequest?.target, '/x?a=1&b');
    const inCookie = await gateway.send([by], { headers: { cookie: `a=1; jwt=${text}` } });
    assert.equal(inCookie.upstreamRequest?.headers.first('cookie'), 'a=1');
    const inHeader = await send(text, by);
    assert.equal(inHeader.upstreamRequest?.headers.first('authorization'), undefined);
    const two = await send(token({ n: 2 }), by, { target: `/?access_token=${text}` });
    assert.equal(two.response.status, 401);
    const elsewhere = await gateway.send([plugin()], { target: `/?access_token=${text}` });
    assert.equal(elsewhere.response.status, 401);
  });

  it('answers 503 while the provider cannot be asked, and says so once', async () => {
    await provider.stop();
    gateway.directory.addConsumer({ username: 'guest' });
    const by = plugin({ anonymous: 'guest' });
    for (let n = 0; n < 3; n++) {
      const { response } = await send(token({ n }), by);
      assert.equal(response.status, 503);
      assert.equal(response.header('retry-after'), '5');
    }
    assert.equal(gateway.log.length, 1);
    assert.match(gateway.log[0]?.message ?? '', /configuration of the OpenID provider cannot be/);
  });

  it('goes on with what it knows while the provider is away', async () => {
    const by = plugin({ cache_ttl: 10, cache_max_age: 100 });
    assert.equal(await answerTo(token(), by), 'passed');
    await provider.stop();
    gateway.now += 90_000;
    assert.equal(await answerTo(token({ n: 1 }), by), 'passed');
    gateway.now += 10_000;
    assert.equal((await send(token({ n: 2 }), by)).response.status, 503);
  });

  it('believes no metadata of somebody else, or that lead astray', async () => {
    const wrong: [Record<string, unknown>, RegExp][] = [
      [{ issuer: 'https://other.test' }, /issuer is "https:\/\/other\.test"/],
      [{ issuer: undefined }, /issuer is undefined/],
      [{ jwks_uri: undefined }, /no jwks_uri/],
      [{ jwks_uri: 'file:///etc/passwd' }, /jwks_uri is/],
      [{ token_endpoint: 'javascript:alert(1)' }, /token_endpoint is/],
      [{ authorization_endpoint: 7 }, /authorization_endpoint is 7/],
    ];
    for (const [metadata, reason] of wrong) {
      provider.metadata = metadata;
      const by = plugin({ timeout: 1000 + gateway.log.length });
      assert.equal((await send(token(), by)).response.status, 503);
      assert.match(gateway.log.at(-1)?.message ?? '', reason);
    }
    for (const text of ['', 'null', '[]', '7', '{', '<html>']) {
      provider.document = (response) => response.end(text);
      const by = plugin({ timeout: 2000 + gateway.log.length });
      assert.equal((await send(token(), by)).response.status, 503);
    }
  });

  it('needs to be told whom tokens are for, and what belongs together', () => {
    const refused = (config: object, reason: RegExp): void =>
      assert.throws(() => plugin(config), reason);
    refused({ client_id: null }, /audience_required: required with the auth method bearer/);
    refused({ issuer: 'ftp://id.test' }, /issuer: must be a URL/);
    refused({ upstream_headers_claims: ['a'] }, /must have as many entries/);
    refused({ bearer_token_param_type: ['cookie'] }, /bearer_token_cookie_name: required/);
    refused({ cache_ttl: 100, cache_max_age: 50 }, /cache_max_age: must not be less/);
    refused({ auth_methods: ['password'] }, /expected one of/);
  });

  it('answers whatever is sent as a token with 401', async () => {
    const by = plugin();
    await answerTo(token(), by);
    const part = fc.oneof(
      fc.string({ unit: 'binary-ascii', maxLength: 40 }),
      fc.json().map((text) => Buffer.from(text).toString('base64url')),
      fc.constantFrom(...token().split('.'), ''),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 5 }), async (parts) => {
        const text = parts.join('.').replace(/[\r\n\0]/g, '');
        const { response } = await send(text, by);
        assert.equal(response.status, text === token() ? 200 : 401, text);
      }),
      { seed: 6, numRuns: 500 },
    );
  });
});
