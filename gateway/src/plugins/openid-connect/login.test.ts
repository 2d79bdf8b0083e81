import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { pairs, tokenOf } from '../../plugin/jose/testing/tokens.ts';
import type { TestExchange } from '../../plugin/testing/test-exchange.ts';
import { CALLBACK, NOW, TestBrowser } from './testing/test-browser.ts';
import { TestProvider } from './testing/test-provider.ts';

const isSent = ({ response }: TestExchange): boolean => response.status === 302;

function reasonOf({ response }: TestExchange): string {
  const said = response.header('www-authenticate') ?? '';
  return `${response.status} ${/error_description="([^"]*)"/.exec(said)?.[1]}`;
}

describe('openid-connect', () => {
  let provider: TestProvider;
  let browser: TestBrowser;
  const made: TestBrowser[] = [];

  function browserWith(config: object = {}): TestBrowser {
    const one = new TestBrowser(provider, config);
    made.push(one);
    return one;
  }

  before(async () => {
    provider = await TestProvider.start();
  });
  beforeEach(() => {
    provider.metadata = {};
    provider.posted.length = 0;
    browser = browserWith();
  });
  after(async () => {
    for (const { plugin } of made) plugin.handlers.dispose?.();
    await provider.stop();
  });

  describe('logging in', () => {
    it('sends browsers to the provider, with PKCE, state and nonce', async () => {
      const address = await browser.begin();
      assert.equal(address.origin + address.pathname, `${provider.issuer}/authorize`);
      const sent = Object.fromEntries(address.searchParams);
      const { state = '', nonce = '', code_challenge: challenge = '', ...rest } = sent;
      assert.deepEqual(rest, {
        response_type: 'code',
        client_id: 'app',
        redirect_uri: CALLBACK,
        scope: 'openid',
        code_challenge_method: 'S256',
      });
      for (const random of [state, nonce, challenge]) assert.match(random, /^[\w-]{43}$/);
      assert.equal(new Set([state, nonce, challenge]).size, 3);
    });

    it('brings the browser back to the page that it wanted, and lets it pass', async () => {
      const { response } = await browser.logIn();
      assert.equal(response.status, 302);
      assert.equal(response.header('location'), 'https://app.test/page?x=1');
      assert.equal(response.header('cache-control'), 'no-store');
      assert.equal(await browser.user(), 'ada');
      const [posted] = provider.posted;
      const pair = Buffer.from('app:s+e%2Fcret').toString('base64');
      assert.equal(posted?.authorization, `Basic ${pair}`);
      assert.equal(posted?.form.get('code'), 'code-1');
      assert.equal(posted?.form.get('redirect_uri'), CALLBACK);
    });

    it('proves with the code that it is the one who asked for it', async () => {
      const address = await browser.begin();
      browser.grant(address);
      await browser.comeBack(address);
      const verifier = provider.posted[0]?.form.get('code_verifier') ?? '';
      const challenge = address.searchParams.get('code_challenge');
      assert.equal(hash('sha256', verifier, 'base64url'), challenge);
    });

    it('sets cookies that no script, no other host and no other site gets', async () => {
      const { response: begun } = await browser.open('/');
      const usual = 'Path=/; SameSite=Lax; Secure; HttpOnly';
      const login = RegExp(`^__Host-authorization_[\\w-]{12}=[\\w-]+; ${usual}; Expires=.*=600$`);
      assert.match(begun.header('set-cookie') ?? '', login);
      const { response } = await browser.logIn();
      const [forgotten = '', session = ''] = response.headerValues('set-cookie');
      assert.match(forgotten, /^__Host-authorization_[\w-]{12}=; .*Max-Age=0$/);
      assert.match(session, RegExp(`^__Host-session=[\\w-]+; ${usual}$`));
    });

    it('keeps the prefix from names that cannot have it', async () => {
      const plain = browserWith({ session_cookie_secure: false });
      await plain.logIn();
      assert.deepEqual([...plain.cookies.keys()], ['session']);
      const wide = browserWith({ session_cookie_domain: 'app.test' });
      const { response } = await wide.logIn();
      assert.match(response.headerValues('set-cookie')[1] ?? '', /^session=.*; Domain=app\.test;/);
    });

    it('answers programs, scripts and forms with 401', async () => {
      const requests = [
        { headers: { accept: 'application/json' } },
        { headers: { accept: '*/*' } },
        {},
        { headers: { accept: 'text/html', 'sec-fetch-mode': 'cors' } },
        { headers: { accept: 'text/html', 'x-requested-with': 'XMLHttpRequest' } },
        { headers: { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' } },
        { headers: { 'sec-fetch-mode': 'navigate', 'sec-purpose': 'prefetch' } },
        { headers: { accept: 'text/html', upgrade: 'websocket' } },
        { method: 'POST', headers: { accept: 'text/html', 'sec-fetch-mode': 'navigate' } },
        { method: 'HEAD', headers: { accept: 'text/html' } },
      ];
      for (const request of requests) {
        const { response } = await browser.send(request);
        assert.equal(response.status, 401, JSON.stringify(request));
        assert.equal(response.header('set-cookie'), undefined);
      }
      assert.ok(isSent(await browser.send({ headers: { accept: 'text/html' } })));
    });

    it('never leads to another host', async () => {
      const targets = ['//evil.test/x', '/\\evil.test', '/%0d%0aX: 1', '/@evil.test', '/ä b'];
      for (const target of targets) {
        const location = (await browser.logIn({}, {}, target)).response.header('location') ?? '';
        assert.equal(new URL(location).origin, 'https://app.test', target);
        assert.match(location, /^https:\/\/app\.test\/[\x21-\x7e]*$/);
        browser.cookies.clear();
      }
      const long = `/page?${'x'.repeat(3000)}`;
      const { response } = await browser.logIn({}, {}, long);
      assert.equal(response.header('location'), 'https://app.test/page');
    });

    it('goes to a fixed page, with further arguments, where it is told to', async () => {
      const fixed = browserWith({
        login_redirect_uri: ['https://app.test/welcome'],
        scopes: ['openid', 'email'],
        authorization_query_args_names: ['access_type', 'hd'],
        authorization_query_args_values: ['offline', 'example.com'],
      });
      const address = await fixed.begin();
      assert.equal(address.searchParams.get('access_type'), 'offline');
      assert.equal(address.searchParams.get('hd'), 'example.com');
      assert.equal(address.searchParams.get('scope'), 'openid email');
      fixed.grant(address);
      const { response } = await fixed.comeBack(address);
      assert.equal(response.header('location'), 'https://app.test/welcome');
    });

    it('works in several tabs at the same time, five of them', async () => {
      const addresses: URL[] = [];
      for (let n = 0; n < 7; n++) {
        addresses.push(await browser.begin(`/tab-${n}`));
        browser.wait(1);
      }
      assert.equal(browser.cookies.size, 5);
      for (const [n, address] of addresses.entries()) {
        browser.grant(address);
        const ex = await browser.comeBack(address);
        if (n < 2) assert.equal(reasonOf(ex), '401 this browser has begun no such login');
        else assert.equal(ex.response.header('location'), `https://app.test/tab-${n}`);
      }
    });

    it('sends applications without secret with their name alone', async () => {
      const open = browserWith({ client_secret: null, client_auth: ['none'] });
      await open.logIn();
      assert.equal(provider.posted[0]?.authorization, undefined);
      assert.equal(provider.posted[0]?.form.get('client_id'), 'app');
      provider.metadata = { token_endpoint_auth_methods_supported: ['client_secret_post'] };
      const posting = browserWith({ timeout: 9000 });
      await posting.logIn();
      assert.equal(provider.posted[1]?.form.get('client_secret'), 's e/cret');
    });
  });

  describe('a login that somebody tampers with', () => {
    it('does not count in another browser', async () => {
      const address = await browser.begin();
      browser.grant(address);
      const victim = browser.other();
      assert.equal(
        reasonOf(await victim.comeBack(address)),
        '401 this browser has begun no such login',
      );
      assert.equal(provider.posted.length, 0);
      const own = await victim.begin();
      const mixed = await victim.comeBack(address, { state: own.searchParams.get('state')! });
      assert.equal(reasonOf(mixed), '401 the id token is of another login');
      assert.equal(await victim.user(), null);
    });

    it('counts once, whoever has kept its cookie', async () => {
      const address = await browser.begin();
      browser.grant(address);
      const thief = browser.other();
      for (const [name, value] of browser.cookies) thief.cookies.set(name, value);
      assert.ok(isSent(await browser.comeBack(address)));
      assert.equal(reasonOf(await thief.comeBack(address)), '401 this login is over');
      assert.equal(
        reasonOf(await browser.comeBack(address)),
        '401 this browser has begun no such login',
      );
      assert.equal(provider.posted.length, 1);
    });

    it('is over after its time', async () => {
      const address = await browser.begin();
      browser.grant(address);
      browser.wait(600);
      assert.equal(
        reasonOf(await browser.comeBack(address)),
        '401 this browser has begun no such login',
      );
    });

    it('is told from one of another provider', async () => {
      const address = await browser.begin();
      browser.grant(address);
      const mixed = await browser.comeBack(address, { iss: 'https://evil.test' });
      assert.equal(reasonOf(mixed), '401 the answer is of another provider');
      assert.equal(provider.posted.length, 0);
      provider.metadata = { authorization_response_iss_parameter_supported: true };
      const strict = browserWith({ timeout: 8000 });
      assert.equal(reasonOf(await strict.logIn()), '401 the answer is of another provider');
      const again = await strict.begin();
      strict.grant(again);
      assert.ok(isSent(await strict.comeBack(again, { iss: provider.issuer })));
    });

    it('ends with what the provider says, in words that cannot do harm', async () => {
      for (const [error, reason] of [
        ['access_denied', 'the provider says access_denied'],
        ['<script>"', 'the provider has refused the login'],
      ] as const) {
        const address = await browser.begin();
        const ex = await browser.comeBack(address, { error });
        assert.equal(reasonOf(ex), `401 ${reason}`);
        assert.match((ex.response.json as { message: string }).message, /^Nobody is logged in: /);
      }
      const address = await browser.begin();
      provider.give(400, { error: 'invalid_grant' });
      assert.equal(
        reasonOf(await browser.comeBack(address)),
        '401 the provider does not know this code',
      );
    });

    it('takes no id token but the right one', async () => {
      const wrong: [object, string][] = [
        [{ nonce: 'other' }, 'the id token is of another login'],
        [{ nonce: undefined }, 'the id token is of another login'],
        [{ aud: 'other' }, 'the id token is for somebody else'],
        [{ aud: ['app', 'other'] }, 'the id token was given to somebody else'],
        [{ azp: 'other' }, 'the id token was given to somebody else'],
        [{ iss: 'https://other.test' }, 'unexpected issuer'],
        [{ exp: NOW / 1000 }, 'exp: token expired'],
        [{ sub: '' }, 'the id token names nobody'],
        [{ at_hash: 'AAAA' }, 'the access token belongs to another id token'],
      ];
      for (const [claims, reason] of wrong) {
        assert.equal(reasonOf(await browser.logIn(claims)), `401 ${reason}`);
      }
      const half = hash('sha256', 'at-1', 'buffer').subarray(0, 16).toString('base64url');
      assert.ok(isSent(await browser.logIn({ at_hash: half, aud: ['app', 'b'], azp: 'app' })));
    });

    it('takes no id token that the provider has not signed', async () => {
      const claims = { iss: provider.issuer, sub: 'eve', aud: 'app', exp: NOW / 1000 + 600 };
      for (const token of [
        tokenOf('HS256', 's e/cret', claims),
        tokenOf('ES256', pairs.p256.privateKey, claims, { kid: 'one' }),
        `${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`,
        'nonsense',
        7,
      ]) {
        const ex = await browser.logIn({}, { id_token: token });
        assert.match(reasonOf(ex), /^401 (the |no token|an opaque token|there is no id token)/);
        assert.equal(await browser.user(), null);
      }
    });

    it('answers 503 where the provider answers nonsense, and says so once', async () => {
      const answers: [number, object][] = [
        [200, {}],
        [200, { access_token: 7 }],
        [200, { access_token: 'a\nb' }],
        [200, { access_token: 'a', token_type: 'mac' }],
        [500, {}],
        [302, {}],
        [400, {}],
        [401, { error: 'invalid_client' }],
      ];
      const alone = browserWith({ timeout: 7000 });
      for (const [status, body] of answers) {
        const address = await alone.begin();
        provider.give(status, body);
        assert.equal((await alone.comeBack(address)).response.status, 503, JSON.stringify(body));
      }
      const errors = alone.gateway.log.filter(({ level }) => level === 'error');
      assert.deepEqual(
        errors.map(({ message }) => message.split(':')[0]),
        ['the token endpoint of the OpenID provider cannot be relied on'],
      );
    });

    it('is answered with no more than 401, whatever comes back', async () => {
      const address = await browser.begin();
      const state = address.searchParams.get('state') ?? '';
      provider.give(400, { error: 'invalid_grant' });
      const value = fc.oneof(fc.string(), fc.constantFrom('', state, 'code', '%', '%ff', '='));
      const name = fc.constantFrom('code', 'state', 'iss', 'error', 'error_description', 'a');
      await fc.assert(
        fc.asyncProperty(fc.array(fc.tuple(name, value), { maxLength: 6 }), async (pairs_) => {
          const query = pairs_.map(([key, text]) => `${key}=${encodeURIComponent(text)}`).join('&');
          const raw = pairs_
            .map(([key, text]) => `${key}=${text.replace(/[^!-~]/g, '')}`)
            .join('&');
          for (const one of [query, raw]) {
            const request = { target: `/callback?${one}`, headers: { accept: '*/*' } };
            const { response, upstreamRequest } = await browser.send(request);
            assert.equal(response.status, 401, one);
            assert.equal(upstreamRequest, null);
          }
        }),
        { seed: 6, numRuns: 300 },
      );
    });
  });

  describe('who may pass', () => {
    it('is decided by the claims of the login, before there is a session', async () => {
      const strict = browserWith({ groups_required: ['staff'], scopes_required: ['email'] });
      const lacks = (what: string): string => `403 the ${what} that is needed is missing`;
      assert.equal(reasonOf(await strict.logIn({}, { scope: 'openid email' })), lacks('group'));
      const staff = { groups: ['staff'] };
      assert.equal(reasonOf(await strict.logIn(staff, { scope: 'openid' })), lacks('scope'));
      assert.deepEqual([...strict.cookies], []);
      assert.ok(isSent(await strict.logIn(staff, { scope: 'openid email' })));
    });

    it('is decided by the scopes that were granted, whatever the claim is called', async () => {
      const strict = browserWith({ scopes_claim: ['scp'], scopes_required: ['email'] });
      const lacking = '403 the scope that is needed is missing';
      assert.equal(reasonOf(await strict.logIn({}, { scope: 'openid' })), lacking);
      assert.equal(reasonOf(await strict.logIn({ scp: ['openid'] }, { scope: 'email' })), lacking);
      assert.ok(isSent(await strict.logIn({}, { scope: 'openid email' })));
    });

    it('may have a page to read instead of a 403', async () => {
      const page = 'https://app.test/no';
      const strict = browserWith({ groups_required: ['staff'], forbidden_redirect_uri: [page] });
      assert.equal((await strict.logIn()).response.header('location'), page);
    });

    it('may be consumers only, who may be gone later', async () => {
      const strict = browserWith({ consumer_claim: ['sub'] });
      assert.equal(reasonOf(await strict.logIn()), '403 there is no consumer of that name');
      const ada = strict.gateway.directory.addConsumer({ username: 'ada' });
      await strict.logIn();
      assert.equal((await strict.open('/')).consumer?.username, 'ada');
      strict.gateway.directory.removeConsumer(ada);
      assert.equal(reasonOf(await strict.open('/')), '403 there is no consumer of that name');
    });

    it('leaves what others may see to an anonymous consumer', async () => {
      const open = browserWith({ anonymous: 'guest' });
      open.gateway.directory.addConsumer({ username: 'guest' });
      const { consumer } = await open.send({ headers: { accept: 'application/json' } });
      assert.equal(consumer?.username, 'guest');
      const address = await open.begin();
      provider.give(400, { error: 'invalid_grant' });
      const ex = await open.comeBack(address);
      assert.equal(ex.response.status, 401);
      assert.equal(ex.upstreamRequest, null);
    });

    it('is told to the service, and nothing that is between browser and gateway', async () => {
      const telling = browserWith({
        upstream_headers_claims: ['email'],
        upstream_headers_names: ['X-Email'],
        upstream_access_token_header: 'X-Token:bearer',
      });
      await telling.begin();
      await telling.logIn({ email: 'ada@app.test' });
      telling.cookies.set('own', '1');
      for (const time of ['at first', 'again']) {
        const { upstreamRequest } = await telling.open('/');
        assert.equal(upstreamRequest?.headers.first('x-email'), 'ada@app.test', time);
        assert.equal(upstreamRequest?.headers.first('x-token'), 'Bearer at-1', time);
        assert.equal(upstreamRequest?.headers.first('cookie'), 'own=1', time);
      }
      const { upstreamRequest: bearer } = await telling.other().send({
        headers: {
          'X-Token': 'forged',
          authorization: `Bearer ${provider.token({ sub: 'a', aud: 'app', exp: NOW })}`,
        },
      });
      assert.equal(bearer?.headers.first('x-token'), undefined);
    });
  });
});
