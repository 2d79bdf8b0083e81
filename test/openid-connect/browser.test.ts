import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { Chromium, withoutChromium, type BrowserUser, type Tab } from '../support/chromium.ts';
import type { OriginExchange } from '../support/origin.ts';
import { ALL_PROTOCOLS } from '../support/protocols.ts';
import { useSite } from '../support/site.ts';
import { CLIENT, RealProvider, type ProviderOptions } from './provider.ts';

const SESSION = '__Host-session';

/** Answers with a page that says for whom it is. */
function sendPage(exchange: OriginExchange): Promise<void> {
  const { target, fields } = exchange.request;
  const email = fields.find(([name]) => name.toLowerCase() === 'x-email')?.[1] ?? 'nobody';
  const html = `<!doctype html><title>${target}</title><p id="user">${email}</p>`;
  return exchange.send(200, html, [['Content-Type', 'text/html']]);
}

describe('openid-connect in a real browser', { skip: withoutChromium }, () => {
  let provider: RealProvider;
  let browser: Chromium;
  let origin: string;
  let audience = 0;
  const users: BrowserUser[] = [];

  const site = useSite({
    listen: ALL_PROTOCOLS,
    prepare: async () => {
      provider = await RealProvider.start();
      browser = await Chromium.start();
    },
    config: () => ({ _format_version: '3.0' }),
  });
  after(async () => {
    await browser?.stop();
    await provider?.stop();
  });
  before(() => {
    origin = `https://127.0.0.1:${site.gateway.proxyPorts[1]}`;
  });

  afterEach(async () => {
    for (const user of users.splice(0)) await user.close();
  });

  async function newUser(): Promise<BrowserUser> {
    const user = await browser.newUser();
    users.push(user);
    return user;
  }

  /** Begins anew: nobody is logged in, neither here nor at the provider. */
  async function begin(options: ProviderOptions = {}, more: object = {}): Promise<void> {
    provider.configure(origin, options);
    const config = {
      issuer: provider.issuer,
      client_id: [CLIENT.id],
      client_secret: [CLIENT.secret],
      redirect_uri: [`${origin}/callback`],
      scopes: ['openid', 'email'],
      session_secret: 'of the test',
      session_audience: `${audience++}`,
      upstream_headers_claims: ['email'],
      upstream_headers_names: ['X-Email'],
      logout_uri_suffix: '/logout',
      logout_redirect_uri: [`${origin}/bye`],
      ...more,
    };
    const route = { strip_path: false, protocols: ['https'] };
    const plugins = [{ name: 'openid-connect', config }];
    await site.gateway.reload({
      _format_version: '3.0',
      services: [
        {
          name: 'origin',
          url: `http://127.0.0.1:${site.origin.port}`,
          routes: [
            { name: 'inside', paths: ['/'], ...route, plugins },
            { name: 'outside', paths: ['/bye'], ...route },
          ],
        },
      ],
    });
    site.origin.handler = sendPage;
  }

  const hasForm = (prompt: string): string =>
    `document.querySelector('[name=prompt][value=${prompt}]') !== null`;

  /** Fills in the form of the provider that a tab shows. */
  async function logIn(tab: Tab, name: string): Promise<void> {
    await tab.shows('the login form', hasForm('login'));
    await tab.evaluate(`
      document.querySelector('[name=login]').value = ${JSON.stringify(name)};
      document.querySelector('[name=password]').value = 'any';
      document.querySelector('form').requestSubmit();`);
    // Whoever has agreed in another tab is not asked again.
    const isBack = `location.origin === ${JSON.stringify(origin)}`;
    await tab.shows('the consent form', `${hasForm('consent')} || ${isBack}`);
    await tab.evaluate(`${isBack} || document.querySelector('form').requestSubmit()`);
  }

  const isAt = (path: string): string => `location.href === ${JSON.stringify(origin + path)}`;
  const user = (tab: Tab): Promise<string | undefined> =>
    tab.evaluate<string>(`document.querySelector('#user')?.textContent`);
  const statusOf = (tab: Tab): Promise<number | undefined> =>
    tab.evaluate<number>(`fetch('/api').then(({ status }) => status)`);

  async function loggedIn(name = 'ada'): Promise<{ who: BrowserUser; tab: Tab }> {
    const who = await newUser();
    const tab = await who.newTab();
    await tab.open(`${origin}/page`);
    await logIn(tab, name);
    await tab.shows('the page', isAt('/page'));
    return { who, tab };
  }

  async function logOut(tab: Tab): Promise<void> {
    await tab.evaluate(`{
      const form = document.createElement('form');
      form.method = 'post';
      form.action = '/logout';
      document.body.append(form);
      form.submit();
    }`);
    const yes = `document.querySelector('[name=logout][value=yes]')`;
    await tab.shows('the question of the provider', `${yes} !== null`);
    await tab.evaluate(`${yes}.click()`);
    await tab.shows('the page after the logout', isAt('/bye'));
  }

  it('sends users to log in and back to the page that they wanted', async () => {
    await begin();
    const who = await newUser();
    const tab = await who.newTab();
    await tab.open(`${origin}/reports?year=2030`);
    await logIn(tab, 'ada');
    await tab.shows('the page', isAt('/reports?year=2030'));
    assert.equal(await user(tab), 'ada@app.test');
    assert.equal(await tab.evaluate('document.cookie'), '');
    const own = (await who.cookies()).filter(({ domain }) => domain === '127.0.0.1');
    assert.deepEqual(
      own.map(({ name, httpOnly, secure, sameSite, path }) => ({
        ...{ name, httpOnly, secure, sameSite, path },
      })),
      [{ name: SESSION, httpOnly: true, secure: true, sameSite: 'Lax', path: '/' }],
    );
    await tab.open(`${origin}/other`);
    await tab.shows('another page', isAt('/other'));
  });

  it('lets two tabs log in at the same time', async () => {
    await begin();
    const who = await newUser();
    const tabs = [await who.newTab(), await who.newTab()] as const;
    for (const [n, tab] of tabs.entries()) {
      await tab.open(`${origin}/tab-${n}`);
      await tab.shows('the login form', hasForm('login'));
    }
    for (const [n, tab] of tabs.entries()) {
      await logIn(tab, 'ada');
      await tab.shows('its page', isAt(`/tab-${n}`));
      assert.equal(await user(tab), 'ada@app.test');
    }
  });

  it('tells scripts of a session that has expired, and renews it when a page is opened', async () => {
    await begin({ lifetime: 3 });
    const { tab } = await loggedIn();
    assert.equal(await statusOf(tab), 200);
    await tab.shows('that the session is over', `fetch('/api').then((it) => it.status === 401)`);
    await tab.evaluate('void setTimeout(() => location.reload(), 0)');
    await tab.shows('the page again', `${isAt('/page')} && fetch('/api').then((it) => it.ok)`);
    assert.equal(await user(tab), 'ada@app.test');
  });

  it('keeps a session by refresh tokens while its owner looks at nothing but one page', async () => {
    await begin({ lifetime: 4, refresh: true });
    const { tab } = await loggedIn();
    const before = provider.count('POST /token');
    const renewals = (): number => provider.count('POST /token') - before;
    let last: number | undefined = 200;
    while (renewals() < 2 && last === 200) last = await statusOf(tab);
    assert.equal(last, 200);
  });

  it('logs out here and at the provider, and a copy of the cookie counts no more', async () => {
    await begin();
    const { who, tab } = await loggedIn();
    const kept = (await who.cookies()).filter(({ name }) => name === SESSION);
    assert.equal(kept.length, 1);
    await logOut(tab);
    assert.equal((await who.cookies()).filter(({ name }) => name === SESSION).length, 0);
    await who.plant(kept);
    assert.equal(await statusOf(tab), 401);
    await tab.open(`${origin}/page`);
    await tab.shows('the login form', hasForm('login'));
  });

  it('cannot tell a stolen cookie from its owner’s, until the owner logs out', async () => {
    await begin();
    const { who, tab } = await loggedIn();
    const thief = await newUser();
    await thief.plant((await who.cookies()).filter(({ name }) => name === SESSION));
    const theirs = await thief.newTab();
    await theirs.open(`${origin}/page`);
    await theirs.shows('the page', isAt('/page'));
    assert.equal(await user(theirs), 'ada@app.test');
    await logOut(tab);
    assert.equal(await statusOf(theirs), 401);
    await theirs.open(`${origin}/page`);
    await theirs.shows('the login form', hasForm('login'));
  });

  it('ends a stolen cookie after its times too', async () => {
    await begin({}, { session_absolute_timeout: 2 });
    const { who } = await loggedIn();
    const thief = await newUser();
    await thief.plant((await who.cookies()).filter(({ name }) => name === SESSION));
    const theirs = await thief.newTab();
    await theirs.open(`${origin}/bye`);
    await theirs.shows('the page outside', isAt('/bye'));
    await theirs.shows('that it is over', `fetch('/api').then((it) => it.status === 401)`);
  });

  it('does not log a victim in as somebody else', async () => {
    await begin();
    const [attacker, victim] = [await newUser(), await newUser()];
    const trap = await attacker.newTab();
    await trap.open(`${origin}/page`);
    await trap.shows('the login form', hasForm('login'));
    const cookies = (await attacker.cookies()).filter(({ name }) => name.includes('authorization'));
    assert.equal(cookies.length, 1);
    // Where the attacker would be sent back to, opened by the victim.
    const state = cookies[0]!.name.split('_').at(-1) ?? '';
    const tab = await victim.newTab();
    await tab.open(`${origin}/callback?code=of-the-attacker&state=${state}`);
    await tab.shows('why not', `document.body?.textContent.includes('Nobody is logged in')`);
    assert.deepEqual(await victim.cookies(), []);
  });
});
