import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import fc from 'fast-check';
import { authenticatedGroups } from '../../plugin/authentication.ts';
import { TestBrowser } from './testing/test-browser.ts';
import { TestProvider } from './testing/test-provider.ts';

const SESSION = '__Host-session';

describe('a session of openid-connect', () => {
  let provider: TestProvider;
  let browser: TestBrowser;
  let made: TestBrowser[] = [];

  function browserWith(config: object = {}, gateway?: TestBrowser): TestBrowser {
    const one = new TestBrowser(provider, config, gateway?.gateway);
    made.push(one);
    return one;
  }

  /** One who has logged in, with a refresh token. */
  async function renewable(config: object = {}): Promise<TestBrowser> {
    const one = browserWith({ session_idling_timeout: 0, ...config });
    await one.logIn({ groups: ['a'] }, { refresh_token: 'rt-1', expires_in: 300 });
    provider.posted.length = 0;
    return one;
  }

  before(async () => {
    provider = await TestProvider.start();
  });
  beforeEach(() => {
    provider.posted.length = 0;
    browser = browserWith({ logout_uri_suffix: '/logout' });
  });
  afterEach(() => {
    for (const { plugin } of made) plugin.handlers.dispose?.();
    made = [];
  });
  after(() => provider.stop());

  it('ends without a request for as long as session_idling_timeout', async () => {
    await browser.logIn();
    for (let n = 0; n < 3; n++) {
      browser.wait(800);
      assert.equal(await browser.user(), 'ada');
    }
    browser.wait(901);
    assert.equal(await browser.user(), null);
  });

  it('ends at session_absolute_timeout, used or not', async () => {
    const timed = browserWith({ session_absolute_timeout: 1000 });
    await timed.logIn();
    timed.wait(600);
    assert.equal(await timed.user(), 'ada');
    timed.wait(400);
    assert.equal(await timed.user(), null);
  });

  it('ends with its access token where there is no refresh token', async () => {
    await browser.logIn({}, { expires_in: 120 });
    browser.wait(119);
    assert.equal(await browser.user(), 'ada');
    browser.wait(1);
    assert.equal(await browser.user(), null);
    const without = browserWith({ refresh_tokens: false });
    await without.logIn({}, { expires_in: 120, refresh_token: 'rt-1' });
    without.wait(120);
    assert.equal(await without.user(), null);
  });

  it('is not renewed by a configuration that cannot ask the provider', async () => {
    const one = await renewable();
    const config = { auth_methods: ['session'], client_secret: null, session_idling_timeout: 0 };
    const other = browserWith(config, one);
    for (const [name, value] of one.cookies) other.cookies.set(name, value);
    other.wait(299);
    assert.equal(await other.user(), 'ada');
    other.wait(1);
    assert.equal((await other.open('/')).response.status, 401);
    assert.equal(provider.posted.length, 0);
  });

  it('is another one after each login, whatever the browser had before', async () => {
    const [one, two] = [await browser.begin(), await browser.begin()];
    browser.grant(one);
    await browser.comeBack(one);
    const planted = browser.cookies.get(SESSION)!;
    browser.grant(two);
    await browser.comeBack(two);
    assert.notEqual(browser.cookies.get(SESSION), planted);
    // Neither takes part in what becomes of the other.
    await browser.send({ method: 'POST', target: '/logout' });
    const other = browser.other();
    other.cookies.set(SESSION, planted);
    assert.equal(await other.user(), 'ada');
    assert.equal(await browser.user(), null);
  });

  it('counts only under the rules that it was made under', async () => {
    await browser.logIn({ groups: ['staff'] });
    const cookie = browser.cookies.get(SESSION)!;
    const tryWith = async (config: object): Promise<string | null> => {
      const other = browserWith(config, browser);
      other.cookies.set(SESSION, cookie);
      return other.user();
    };
    assert.equal(await tryWith({}), 'ada');
    assert.equal(await tryWith({ auth_methods: ['session'] }), 'ada');
    for (const config of [
      { session_secret: 'another' },
      { session_audience: 'another' },
      { client_id: ['another'] },
      { session_absolute_timeout: 1000 },
      { groups_required: ['staff'] },
      { consumer_claim: ['email'], consumer_optional: true },
    ]) {
      assert.equal(await tryWith(config), null, JSON.stringify(config));
    }
  });

  it('may need several cookies, and is refused where it needs too many', async () => {
    const large = browserWith({ authenticated_groups_claim: ['groups'] });
    const groups = (count: number): object => ({
      groups: Array.from({ length: count }, (_, n) => `group number ${n}`),
    });
    await large.logIn(groups(400));
    assert.ok(large.cookies.size > 1, `${large.cookies.size}`);
    const ex = await large.open('/');
    assert.equal(authenticatedGroups(ex)?.length, 400);
    assert.equal(ex.upstreamRequest?.headers.first('cookie'), undefined);
    const tooLarge = large.other();
    assert.equal((await tooLarge.logIn(groups(3000))).response.status, 403);
    assert.match(large.gateway.log.at(-1)?.message ?? '', /too long for cookies/);
  });

  it('is no session, and nothing fails, whatever a cookie is', async () => {
    await browser.logIn();
    const good = browser.cookies.get(SESSION)!;
    const part = fc.oneof(
      fc.string({ unit: 'binary-ascii' }),
      fc.base64String(),
      fc.nat(good.length).map((at) => good.slice(0, at)),
      fc.constantFrom(good, '2.', '9.', '='),
    );
    const headers = { accept: 'application/json' };
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 3 }), async (parts) => {
        const value = parts.join('').replace(/[\r\n\0;]/g, '');
        const cookie = `${SESSION}=${value}; ${SESSION}_2=${value}; authorization_x=${value}`;
        const request = { headers: { ...headers, cookie } };
        const { response } = await browser.gateway.send([browser.plugin], request);
        assert.equal(response.status, value.trim() === good ? 200 : 401);
      }),
      { seed: 6, numRuns: 300 },
    );
  });

  describe('with a refresh token', () => {
    it('gets new tokens shortly before the old ones expire', async () => {
      const one = await renewable({ authenticated_groups_claim: ['groups'] });
      one.wait(239);
      await one.user();
      assert.equal(provider.posted.length, 0);
      const id = provider.token({
        ...{ sub: 'ada', aud: 'app', exp: one.gateway.now / 1000 + 600, groups: ['b'] },
      });
      const next = { access_token: 'at-2', expires_in: 300, refresh_token: 'rt-2', id_token: id };
      provider.give(200, next);
      one.wait(1);
      assert.deepEqual(authenticatedGroups(await one.open('/')), ['b']);
      assert.equal(provider.posted[0]?.form.get('refresh_token'), 'rt-1');
      one.wait(240);
      await one.user();
      assert.equal(provider.posted[1]?.form.get('refresh_token'), 'rt-2');
    });

    it('asks once, however many requests there are, also after it has expired', async () => {
      for (const seconds of [250, 400]) {
        const one = await renewable();
        const { cookies } = one;
        const tabs = Array.from({ length: 20 }, () => one.other());
        for (const tab of tabs) for (const [name, value] of cookies) tab.cookies.set(name, value);
        provider.give(200, { access_token: 'at-2', expires_in: 3000, refresh_token: 'rt-2' });
        one.wait(seconds);
        const users = await Promise.all(tabs.map((tab) => tab.user()));
        assert.deepEqual(new Set(users), new Set(['ada']));
        assert.equal(provider.posted.length, 1);
        // One that comes late with the old cookie gets what the others have got.
        assert.equal(await one.user(), 'ada');
        assert.equal(provider.posted.length, 1);
      }
    });

    it('asks once in a node, not once in each of its threads', async () => {
      const one = await renewable();
      // Another thread has the same counters and nothing else.
      const thread = browserWith({ session_idling_timeout: 0 }, one);
      for (const [name, value] of one.cookies) thread.cookies.set(name, value);
      provider.give(200, { access_token: 'at-2', expires_in: 3000, refresh_token: 'rt-2' });
      one.wait(250);
      assert.equal(await one.user(), 'ada');
      const before = thread.cookies.get(SESSION);
      assert.equal(await thread.user(), 'ada');
      assert.equal(thread.cookies.get(SESSION), before);
      assert.equal(provider.posted.length, 1);
      one.wait(111);
      assert.equal(await thread.user(), null);
      assert.equal(await one.user(), 'ada');
    });

    it('goes on until its token expires while the provider fails, then gets 503', async () => {
      const one = await renewable();
      provider.give(500, {});
      one.wait(250);
      assert.equal(await one.user(), 'ada');
      assert.equal(await one.user(), 'ada');
      assert.equal(provider.posted.length, 1);
      one.wait(61);
      assert.equal((await one.open('/')).response.status, 503);
      provider.give(200, { access_token: 'at-2', expires_in: 300 });
      one.wait(10);
      assert.equal(await one.user(), 'ada');
    });

    it('is over where the provider wants it so, or speaks of somebody else', async () => {
      const one = await renewable();
      provider.give(400, { error: 'invalid_grant' });
      one.wait(250);
      assert.equal((await one.open('/')).response.status, 302);
      const other = await renewable();
      const exp = other.gateway.now / 1000 + 900;
      const id = provider.token({ sub: 'eve', aud: 'app', exp });
      provider.give(200, { access_token: 'at-2', expires_in: 300, id_token: id });
      other.wait(250);
      assert.equal((await other.open('/')).response.status, 302);
    });
  });

  describe('that is logged out', () => {
    const leave = { method: 'POST', target: '/account/logout' };

    it('counts no more, not even in a copy, older or newer', async () => {
      const one = browserWith({ logout_uri_suffix: '/logout' });
      await one.logIn();
      const thief = one.other();
      for (const [name, value] of one.cookies) thief.cookies.set(name, value);
      one.wait(100);
      assert.equal(await one.user(), 'ada');
      const { response } = await one.send(leave);
      assert.equal(response.status, 303);
      assert.equal(one.cookies.get(SESSION), undefined);
      assert.equal(await thief.user(), null);
    });

    it('is ended at the provider as well, and the browser comes back', async () => {
      const after = 'https://app.test/bye';
      const one = browserWith({ logout_query_arg: 'leave', logout_redirect_uri: [after] });
      await one.logIn();
      const { response } = await one.send({ method: 'POST', target: '/x?leave' });
      const address = new URL(response.header('location') ?? '');
      assert.equal(address.origin + address.pathname, `${provider.issuer}/logout`);
      assert.equal(address.searchParams.get('post_logout_redirect_uri'), after);
      assert.equal(address.searchParams.get('client_id'), 'app');
      assert.match(address.searchParams.get('id_token_hint') ?? '', /^ey/);
      // Without a session there is nothing to end.
      const again = await one.send({ method: 'POST', target: '/x?leave' });
      assert.equal(again.response.header('location'), after);
      assert.equal(again.response.header('set-cookie'), undefined);
    });

    it('has its tokens revoked where it is told to', async () => {
      const one = browserWith({ logout_uri_suffix: '/logout', logout_revoke: true });
      await one.logIn({}, { refresh_token: 'rt-9' });
      await one.send(leave);
      const [, revoked] = provider.posted;
      assert.equal(revoked?.path, '/revoke');
      assert.equal(revoked.form.get('token'), 'rt-9');
      assert.match(revoked.authorization ?? '', /^Basic /);
    });

    it('is so only by the methods that are configured', async () => {
      const one = browserWith({ logout_uri_suffix: '/logout' });
      await one.logIn();
      await one.open('/logout');
      assert.equal(await one.user(), 'ada');
      const other = browserWith({ logout_uri_suffix: '/logout', logout_methods: ['GET'] });
      await other.logIn();
      assert.equal((await other.open('/logout')).response.status, 302);
      assert.equal(await other.user(), null);
    });
  });
});
