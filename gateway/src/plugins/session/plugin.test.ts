import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { authenticatedGroups, setAuthenticatedGroups } from '../../plugin/authentication.ts';
import { definePlugin, f, type ConsumerInfo } from '../../plugin/plugin.ts';
import type { TestExchange } from '../../plugin/testing/test-exchange.ts';
import { TestGateway, type Configured } from '../../plugin/testing/test-gateway.ts';
import type { RequestInit } from '../../plugin/testing/test-request.ts';
import { keyAuth } from '../key-auth/plugin.ts';
import { session } from './plugin.ts';

const KEYS = 'keyauth_credentials';
const secret = 'a secret of the test';

/** A browser in front of a gateway with `session`, and `key-auth` for those who log in. */
class Browser {
  readonly gateway = new TestGateway({ now: Date.UTC(2030, 0, 15, 12) });
  readonly bob: ConsumerInfo;
  readonly cookies = new Map<string, string>();
  plugins: Configured[];

  constructor(config: object = {}) {
    const { directory } = this.gateway;
    this.bob = directory.addConsumer({ id: 'of-bob', username: 'bob' });
    directory.addConsumer({ username: 'guest' });
    directory.addCredential(KEYS, 'bob-key', this.bob, { id: 'k1' });
    this.plugins = [
      this.gateway.configure(session, { secret, ...config }),
      this.gateway.configure(keyAuth, { anonymous: 'guest' }),
    ];
  }

  /** Sends a request with its cookies, and keeps those that come back. */
  async send(request: RequestInit = {}): Promise<TestExchange> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...request.headers, ...(cookie === '' ? {} : { cookie }) };
    const ex = await this.gateway.send(this.plugins, { ...request, headers });
    for (const line of ex.response.headerValues('set-cookie')) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (line.endsWith('Max-Age=0')) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return ex;
  }

  logIn(): Promise<TestExchange> {
    return this.send({ headers: { apikey: 'bob-key' } });
  }

  async user(request: RequestInit = {}): Promise<string | null | undefined> {
    return (await this.send(request)).consumer?.username;
  }

  wait(seconds: number): void {
    this.gateway.now += seconds * 1000;
  }
}

async function loggedIn(config: object = {}): Promise<Browser> {
  const browser = new Browser(config);
  await browser.logIn();
  return browser;
}

const setCookies = (ex: TestExchange): readonly string[] => ex.response.headerValues('set-cookie');

describe('session', () => {
  it('keeps logged in who has logged in, and nobody else', async () => {
    const browser = new Browser();
    assert.equal(await browser.user(), 'guest');
    assert.equal(browser.cookies.size, 0);
    await browser.logIn();
    const ex = await browser.send();
    assert.equal(ex.consumer?.username, 'bob');
    assert.equal(ex.credential?.id, 'k1');
    const { headers } = ex.upstreamRequest!;
    assert.equal(headers.first('x-consumer-username'), 'bob');
    assert.equal(headers.first('x-credential-identifier'), 'k1');
    assert.equal(headers.first('x-anonymous-consumer'), undefined);
  });

  it('sends a cookie once, with the attributes that are configured', async () => {
    const browser = new Browser();
    const [cookie = ''] = setCookies(await browser.logIn());
    assert.match(cookie, /^session=[\w-]{100,}; Path=\/; SameSite=Strict; Secure; HttpOnly$/);
    assert.deepEqual(setCookies(await browser.send()), []);
    const other = new Browser({
      ...{ cookie_name: 'sid', cookie_path: '/x', cookie_domain: 'shop.test' },
      ...{ cookie_same_site: 'Default', cookie_secure: false, cookie_http_only: false },
    });
    assert.match(setCookies(await other.logIn())[0]!, /^sid=[\w-]+; Path=\/x; Domain=shop\.test$/);
  });

  it('says nothing in the cookie that could be read', async () => {
    const { cookies, bob } = await loggedIn();
    const bytes = Buffer.from(cookies.get('session')!, 'base64url').toString('latin1');
    for (const text of [bob.id, 'bob', 'k1']) assert.ok(!bytes.includes(text));
  });

  it('keeps its cookies from the service, and no other', async () => {
    const browser = await loggedIn();
    browser.cookies.set('other', '1');
    const { upstreamRequest } = await browser.send();
    assert.equal(upstreamRequest?.headers.first('cookie'), 'other=1');
    const forwarding = await loggedIn({ forward_cookie: true });
    const sent = (await forwarding.send()).upstreamRequest?.headers.first('cookie');
    assert.match(sent ?? '', /^session=/);
  });

  it('brings along the groups of the login', async () => {
    const browser = new Browser();
    const grouping = definePlugin({
      ...{ name: 'grouping', summary: '', version: '1.0.0', priority: 1000, protocols: ['http'] },
      config: f.record({}, { required: true }),
      setup: () => ({ access: (ex) => setAuthenticatedGroups(ex, ['a', 'b']) }),
    });
    const { plugins } = browser;
    browser.plugins = [...plugins, browser.gateway.configure(grouping)];
    await browser.logIn();
    browser.plugins = plugins;
    assert.deepEqual(authenticatedGroups(await browser.send()), ['a', 'b']);
  });

  it('begins anew for whoever logs in as somebody else', async () => {
    const browser = await loggedIn();
    const eve = browser.gateway.directory.addConsumer({ username: 'eve' });
    browser.gateway.directory.addCredential(KEYS, 'eve-key', eve);
    const before = browser.cookies.get('session');
    // Without anonymous the key counts although there is a session.
    browser.plugins[1] = browser.gateway.configure(keyAuth);
    const ex = await browser.send({ headers: { apikey: 'eve-key' } });
    assert.equal(ex.consumer?.username, 'eve');
    assert.notEqual(browser.cookies.get('session'), before);
    browser.plugins[1] = browser.gateway.configure(keyAuth, { anonymous: 'guest' });
    assert.equal(await browser.user(), 'eve');
  });

  it('tells service and client of the session where it is told to, and nobody else can', async () => {
    const parts = ['id', 'audience', 'subject', 'timeout', 'idling-timeout', 'absolute-timeout'];
    const browser = await loggedIn({ request_headers: parts, response_headers: parts });
    browser.wait(30);
    const ex = await browser.send();
    const told = (headers: { first(name: string): string | undefined }): unknown[] =>
      parts.slice(1).map((part) => headers.first(`session-${part}`));
    const expected = ['default', 'bob', '870', '870', '86370'];
    assert.deepEqual(told(ex.upstreamRequest!.headers), expected);
    assert.deepEqual(told({ first: (name) => ex.response.header(name) }), expected);
    browser.cookies.clear();
    const forged = await browser.send({ headers: { 'Session-Id': 'x', 'session-subject': 'bob' } });
    assert.equal(forged.upstreamRequest?.headers.first('session-id'), undefined);
    assert.equal(forged.upstreamRequest?.headers.first('session-subject'), undefined);
  });
});

describe('a session ends', () => {
  it('without a request for as long as idling_timeout, and not while there are some', async () => {
    const browser = await loggedIn({ rolling_timeout: 0 });
    for (let i = 0; i < 5; i++) {
      browser.wait(899);
      assert.equal(await browser.user(), 'bob');
    }
    browser.wait(900);
    assert.equal(await browser.user(), 'guest');
  });

  it('at absolute_timeout, used or not', async () => {
    const browser = await loggedIn({ absolute_timeout: 1800 });
    for (let i = 0; i < 17; i++) {
      browser.wait(100);
      assert.equal(await browser.user(), 'bob');
    }
    browser.wait(100);
    assert.equal(await browser.user(), 'guest');
  });

  it('for a cookie that is older than rolling_timeout, and another comes before that', async () => {
    const browser = await loggedIn({ rolling_timeout: 100, idling_timeout: 0 });
    const old = browser.cookies.get('session')!;
    browser.wait(75);
    await browser.send();
    assert.equal(browser.cookies.get('session'), old);
    browser.wait(1);
    await browser.send();
    assert.notEqual(browser.cookies.get('session'), old);
    browser.wait(24);
    assert.equal(await browser.user(), 'bob');
    browser.cookies.set('session', old);
    assert.equal(await browser.user(), 'guest');
  });

  it('in one tab no sooner than in another that has got the newer cookie', async () => {
    const browser = await loggedIn({ rolling_timeout: 100, idling_timeout: 0 });
    const old = browser.cookies.get('session')!;
    browser.wait(80);
    const [one, two] = await Promise.all([browser.user(), browser.user()]);
    assert.deepEqual([one, two], ['bob', 'bob']);
    browser.cookies.set('session', old);
    assert.equal(await browser.user(), 'bob');
  });

  it('with its consumer, and the browser is told to forget it', async () => {
    const browser = await loggedIn();
    browser.gateway.directory.removeConsumer(browser.bob);
    const ex = await browser.send();
    assert.equal(ex.consumer?.username, 'guest');
    assert.match(setCookies(ex)[0] ?? '', /^session=; .*Max-Age=0$/);
    assert.equal(browser.cookies.size, 0);
  });

  it('with its credential, also when that is changed or given to somebody else', async () => {
    const eve = (it: Browser): ConsumerInfo =>
      it.gateway.directory.addConsumer({ username: 'eve' });
    const changes: ((browser: Browser) => void)[] = [
      ({ gateway }) => gateway.directory.removeCredential(KEYS, 'bob-key'),
      ({ gateway, bob }) =>
        gateway.directory.addCredential(KEYS, 'bob-key', bob, { id: 'k1', password: 'new' }),
      (browser) => {
        const { directory } = browser.gateway;
        directory.addCredential(KEYS, 'bob-key', eve(browser), { id: 'k1' });
      },
    ];
    for (const change of changes) {
      const browser = await loggedIn();
      change(browser);
      assert.equal(await browser.user(), 'guest');
    }
  });

  it('with another secret, audience, name of the cookie or absolute_timeout', async () => {
    const value = (await loggedIn()).cookies.get('session')!;
    const userWith = (config: object, name = 'session'): Promise<string | null | undefined> => {
      const browser = new Browser(config);
      // The same consumer and credential, as after a restart.
      browser.cookies.set(name, value);
      return browser.user();
    };
    assert.equal(await userWith({}), 'bob');
    assert.equal(await userWith({ secret: 'other' }), 'guest');
    assert.equal(await userWith({ audience: 'other' }), 'guest');
    assert.equal(await userWith({ cookie_name: 'sid' }, 'sid'), 'guest');
    // Whether it was logged out is noted for as long as it lasts.
    assert.equal(await userWith({ absolute_timeout: 1000 }), 'guest');
  });
});

describe('logging out', () => {
  const logout: RequestInit = { method: 'POST', target: '/?session_logout=1' };

  it('ends the session, and the service is not asked', async () => {
    const browser = await loggedIn();
    const ex = await browser.send(logout);
    assert.equal(ex.response.status, 200);
    assert.equal(ex.response.body, '');
    assert.equal(ex.upstreamRequest, null);
    assert.match(setCookies(ex)[0] ?? '', /^session=; Path=\/; .*Max-Age=0$/);
    assert.equal(browser.cookies.size, 0);
    assert.equal(await browser.user(), 'guest');
  });

  it('ends it for every copy of its cookie, newer and older ones too', async () => {
    const browser = await loggedIn({ rolling_timeout: 100 });
    const copies = [browser.cookies.get('session')!];
    browser.wait(80);
    await browser.send();
    copies.push(browser.cookies.get('session')!);
    await browser.send(logout);
    for (const copy of copies) {
      browser.cookies.set('session', copy);
      assert.equal(await browser.user(), 'guest');
    }
    await browser.logIn();
    assert.equal(await browser.user(), 'bob');
  });

  it('takes a method and an argument that are configured', async () => {
    const left = async (config: object, request: RequestInit): Promise<boolean> => {
      const browser = await loggedIn(config);
      return (await browser.send(request)).upstreamRequest === null;
    };
    assert.equal(await left({}, { target: '/?session_logout' }), false);
    assert.equal(await left({}, { method: 'DELETE', target: '/?session_logout' }), true);
    assert.equal(await left({ logout_methods: ['GET'] }, { target: '/?session_logout=' }), true);
    assert.equal(await left({}, { method: 'POST', target: '/?logout' }), false);
    assert.equal(
      await left({ logout_query_arg: 'out' }, { method: 'POST', target: '/?out' }),
      true,
    );
  });

  it('is found in a body only where it is told to look there', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const form = { method: 'POST', headers, body: 'a=1&session_logout=true' };
    const ignoring = await loggedIn();
    assert.notEqual((await ignoring.send(form)).upstreamRequest, null);
    const reading = await loggedIn({ read_body_for_logout: true });
    const staying = await reading.send({ ...form, body: 'a=1' });
    assert.equal(staying.upstreamRequest?.body, 'a=1');
    assert.equal((await reading.send(form)).upstreamRequest, null);
    assert.equal(reading.cookies.size, 0);
  });

  it('without a session is a request as any other', async () => {
    const browser = new Browser();
    assert.notEqual((await browser.send(logout)).upstreamRequest, null);
  });
});

describe('session with remember', () => {
  const config = { remember: true, absolute_timeout: 3600 };
  const DAY = 86_400;

  it('opens another session after the first is over or the browser was closed', async () => {
    const browser = new Browser(config);
    const cookies = setCookies(await browser.logIn());
    assert.equal(cookies.length, 2);
    assert.match(cookies[1]!, /^remember=.*; Max-Age=604800$/);
    browser.cookies.delete('session');
    browser.wait(2 * DAY);
    const ex = await browser.send();
    assert.equal(ex.consumer?.username, 'bob');
    assert.equal(setCookies(ex).length, 2);
    assert.equal(await browser.user(), 'bob');
  });

  it('does so until its own times are over', async () => {
    const idle = await loggedIn(config);
    idle.wait(7 * DAY);
    assert.equal(await idle.user(), 'guest');
    const used = await loggedIn(config);
    for (let day = 1; day < 30; day++) {
      used.wait(DAY);
      assert.equal(await used.user(), 'bob', `day ${day}`);
    }
    used.wait(DAY);
    assert.equal(await used.user(), 'guest');
  });

  it('has no cookie count for the other', async () => {
    const browser = await loggedIn(config);
    const { cookies } = browser;
    const [one, two] = [cookies.get('session')!, cookies.get('remember')!];
    cookies.set('session', two).set('remember', one);
    assert.equal(await browser.user(), 'guest');
  });

  it('forgets both when it logs out, copies included', async () => {
    const browser = await loggedIn(config);
    const copy = browser.cookies.get('remember')!;
    await browser.send({ method: 'POST', target: '/?session_logout' });
    assert.equal(browser.cookies.size, 0);
    browser.cookies.set('remember', copy);
    assert.equal(await browser.user(), 'guest');
  });
});

describe('cookies that were tampered with', () => {
  it('are none, and nothing fails, whatever they are', async () => {
    const browser = await loggedIn();
    const value = browser.cookies.get('session')!;
    const { gateway, plugins } = browser;
    const changed = fc
      .tuple(fc.nat({ max: value.length - 1 }), fc.constantFrom('A', 'b', '-', '%', '"'))
      .map(([at, letter]) => value.slice(0, at) + letter + value.slice(at + 1));
    const others = fc.oneof(fc.string({ unit: 'binary-ascii' }), fc.base64String(), changed);
    await fc.assert(
      fc.asyncProperty(others, async (text) => {
        fc.pre(!/[\r\n\0;]/.test(text) && text.trim() !== value);
        const request = { headers: { cookie: `session=${text}` } };
        assert.equal((await gateway.send(plugins, request)).consumer?.username, 'guest');
      }),
      { numRuns: 1000 },
    );
    assert.deepEqual(gateway.log, []);
  });

  it('do not hide a good one beside them', async () => {
    const browser = await loggedIn();
    const cookie = `session=x; session=${browser.cookies.get('session')!}`;
    const ex = await browser.gateway.send(browser.plugins, { headers: { cookie } });
    assert.equal(ex.consumer?.username, 'bob');
    assert.equal(ex.upstreamRequest?.headers.first('cookie'), undefined);
  });

  it('cannot be asked for by a configuration', () => {
    const gateway = new TestGateway();
    for (const config of [
      { cookie_name: 'a=b' },
      { cookie_name: 'a b' },
      { cookie_path: '/;Domain=x' },
      { cookie_domain: 'x\r\nSet-Cookie: a=b' },
    ]) {
      assert.throws(() => gateway.configure(session, config), /config\.cookie_/);
    }
  });
});

describe('a session that cannot be kept', () => {
  it('is told to the operator, and the request passes', async () => {
    const browser = new Browser();
    const groups = Array.from({ length: 500 }, (_, i) => `group ${i}`);
    const grouping = definePlugin({
      ...{ name: 'grouping', summary: '', version: '1.0.0', priority: 1000, protocols: ['http'] },
      config: f.record({}, { required: true }),
      setup: () => ({ access: (ex) => setAuthenticatedGroups(ex, groups) }),
    });
    browser.plugins.push(browser.gateway.configure(grouping));
    const ex = await browser.logIn();
    assert.equal(ex.response.status, 200);
    assert.deepEqual(setCookies(ex), []);
    assert.match(browser.gateway.log[0]?.message ?? '', /too long for a cookie/);
  });

  it('because browsers would refuse its cookie is warned of', () => {
    const gateway = new TestGateway();
    gateway.configure(session, { cookie_same_site: 'None', cookie_secure: false });
    assert.match(gateway.log[0]?.message ?? '', /SameSite=None/);
  });
});
