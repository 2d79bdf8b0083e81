import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { field } from '../support/http-message.ts';
import { oneService, useSite } from '../support/site.ts';
import { until } from '../support/until.ts';
import { JarClient } from './jar-client.ts';
import { API, CLIENT, RealProvider } from './provider.ts';

const ORIGIN = 'https://app.test';

interface Seen {
  readonly target: string;
  readonly fields: readonly (readonly [string, string])[];
}

function fieldIn({ fields }: Seen, name: string): string | undefined {
  return fields.find(([each]) => each.toLowerCase() === name)?.[1];
}

describe('openid-connect with a real provider, in a gateway of two threads', () => {
  let provider: RealProvider;
  const configWith = (port: number, more: object = {}): object => {
    const config = {
      issuer: provider.issuer,
      client_id: [CLIENT.id],
      client_secret: [CLIENT.secret],
      redirect_uri: [`${ORIGIN}/callback`],
      scopes: ['openid', 'email', 'groups'],
      session_secret: 'of the test',
      audience_required: [API],
      authenticated_groups_claim: ['groups'],
      upstream_headers_claims: ['email'],
      upstream_headers_names: ['X-Email'],
      logout_uri_suffix: '/logout',
      logout_redirect_uri: [`${ORIGIN}/bye`],
      logout_revoke: true,
      cache_ttl: 10,
      ...more,
    };
    const acl = { name: 'acl', config: { deny: ['friends of eve'] } };
    return {
      _format_version: '3.0',
      services: [oneService(port, { plugins: [{ name: 'openid-connect', config }, acl] })],
    };
  };
  const site = useSite({
    workers: 2,
    prepare: async () => {
      provider = await RealProvider.start();
      provider.configure(ORIGIN);
    },
    config: (port) => configWith(port),
  });
  after(() => provider.stop());

  const newClient = (): JarClient => new JarClient(site.gateway.proxyPort);

  async function loggedIn(name = 'ada'): Promise<JarClient> {
    const client = newClient();
    const response = await client.logIn('/page?x=1', name);
    assert.equal(response.status, 302, response.text);
    return client;
  }

  async function statusesOf(client: JarClient, count = 12): Promise<number[]> {
    const headers = { Accept: 'application/json' };
    const sent = Array.from({ length: count }, () => client.ask('GET /page', headers));
    return [...new Set((await Promise.all(sent)).map(({ status }) => status))];
  }

  it('logs users in and tells the service who they are', async () => {
    const client = newClient();
    const response = await client.logIn('/page?x=1', 'ada');
    assert.equal(field(response, 'location'), `${ORIGIN}/page?x=1`);
    const seen = JSON.parse((await client.open('/page?x=1')).text) as Seen;
    assert.equal(seen.target, '/page?x=1');
    assert.equal(fieldIn(seen, 'x-email'), 'ada@app.test');
    assert.equal(fieldIn(seen, 'x-credential-identifier'), 'ada');
    assert.equal(fieldIn(seen, 'x-authenticated-groups'), 'friends of ada');
    assert.equal(fieldIn(seen, 'cookie'), undefined);
    assert.deepEqual(await statusesOf(client), [200]);
    assert.deepEqual(await statusesOf(newClient()), [401]);
  });

  it('keeps out whom acl keeps out by groups of the provider', async () => {
    assert.deepEqual(await statusesOf(await loggedIn('eve')), [403]);
  });

  it('takes a login once, and from the browser alone that began it', async () => {
    const client = newClient();
    const back = new URL(await client.logInAt(await client.begin('/page'), 'ada'));
    const target = back.pathname + back.search;
    const thief = client.copy();
    const other = newClient();
    await other.begin('/page');
    assert.equal((await other.open(target)).status, 401);
    assert.equal((await client.open(target)).status, 302);
    assert.equal((await client.open(target)).status, 401);
    for (let n = 0; n < 8; n++) assert.equal((await thief.copy().open(target)).status, 401);
  });

  it('takes no state, code or issuer that was changed', async () => {
    const changes: ((query: URLSearchParams) => void)[] = [
      (query) => query.set('state', `${query.get('state')}x`),
      (query) => query.set('code', `${query.get('code')}x`),
      (query) => query.set('iss', 'https://evil.test'),
      (query) => query.delete('iss'),
      (query) => query.append('code', 'another'),
    ];
    for (const change of changes) {
      const client = newClient();
      const back = new URL(await client.logInAt(await client.begin('/page'), 'ada'));
      change(back.searchParams);
      const { status } = await client.open(back.pathname + back.search);
      assert.equal(status, 401, back.search);
      assert.deepEqual(await statusesOf(client, 1), [401]);
    }
  });

  it('takes no code of another login, with its own state: PKCE and nonce', async () => {
    const [victim, attacker] = [newClient(), newClient()];
    const own = new URL(await victim.logInAt(await victim.begin('/page'), 'ada'));
    const foreign = new URL(await attacker.logInAt(await attacker.begin('/page'), 'mallory'));
    own.searchParams.set('code', foreign.searchParams.get('code')!);
    assert.equal((await victim.open(own.pathname + own.search)).status, 401);
    assert.deepEqual(await statusesOf(victim, 1), [401]);
  });

  it('ends sessions for all copies and threads at a logout, at the provider as well', async () => {
    const client = await loggedIn();
    const thief = client.copy();
    assert.deepEqual(await statusesOf(thief), [200]);
    const response = await client.ask('POST /logout', { 'Content-Length': '0' });
    assert.equal(response.status, 303);
    const address = new URL(field(response, 'location') ?? '');
    assert.equal(address.origin + address.pathname, `${provider.issuer}/session/end`);
    const page = await (await fetch(address)).text();
    assert.match(page, /action="[^"]+\/session\/end\/confirm"/);
    assert.equal(provider.count('POST /token/revocation'), 1);
    assert.deepEqual(await statusesOf(thief), [401]);
  });

  it('lets access tokens pass, and takes new keys while it runs', async () => {
    const bearer = async (token: string): Promise<number[]> => {
      const headers = { Authorization: `Bearer ${token}` };
      const sent = Array.from({ length: 12 }, () => newClient().ask('GET /api', headers));
      return [...new Set((await Promise.all(sent)).map(({ status }) => status))];
    };
    const token = await provider.accessToken();
    assert.deepEqual(await bearer(token), [200]);
    assert.deepEqual(await bearer(`${token}x`), [401]);
    provider.rotate();
    const next = await provider.accessToken();
    const all = async (of: string, status: number): Promise<boolean> =>
      (await bearer(of)).join() === String(status);
    await until('all threads know the new key', () => all(next, 200), 15_000);
    await until('none takes the old one', () => all(token, 401), 15_000);
  });

  it('renews sessions by refresh tokens, once for many requests', async () => {
    provider.configure(ORIGIN, { lifetime: 4, refresh: true });
    await site.gateway.reload(configWith(site.origin.port, { session_audience: 'refreshed' }));
    const client = await loggedIn();
    const before = provider.count('POST /token');
    const first = client.jar.get('__Host-session');
    await until('the session is renewed', async () => {
      assert.deepEqual(await statusesOf(client, 4), [200]);
      return client.jar.get('__Host-session') !== first;
    });
    assert.equal(provider.count('POST /token') - before, 1);
    await until('it is renewed again', async () => {
      assert.deepEqual(await statusesOf(client, 4), [200]);
      return provider.count('POST /token') - before === 2;
    });
  });

  it('ends sessions with their token where there is no refresh token', async () => {
    provider.configure(ORIGIN, { lifetime: 2 });
    await site.gateway.reload(configWith(site.origin.port, { session_audience: 'short' }));
    const client = await loggedIn();
    assert.deepEqual(await statusesOf(client), [200]);
    await until('it ends', async () => (await statusesOf(client, 1))[0] === 401);
    assert.match(await client.begin('/page'), /^http:\/\/localhost:\d+\/auth\?/);
  });
});
