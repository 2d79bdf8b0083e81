import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { tokenOf } from '../../gateway/src/plugin/jose/testing/tokens.ts';
import { TestPeer } from '../../gateway/src/plugin/peer/testing/test-peer.ts';
import { TestProvider } from '../../gateway/src/plugins/openid-connect/testing/test-provider.ts';
import { Authority } from '../support/authority.ts';
import type { Fields } from './mirror.ts';
import { assertOfAlice, assertRefused, keyAuth, type Row } from './row.ts';

const authority = new Authority('Clients');
/** Knows one token. */
const introspection = await TestPeer.start(({ body }, response) => {
  const active = new URLSearchParams(body).get('token') === 'good';
  response.end(JSON.stringify(active ? { active, username: 'alice' } : { active }));
});
/** The same for a token of another kind. */
const decider = await TestPeer.start(({ headers }, response) => {
  const fields = { 'X-User': 'alice', 'X-Tenant': 'shop' };
  if (headers['x-own-token'] === 'good') response.writeHead(200, fields).end();
  else response.writeHead(403, { 'WWW-Authenticate': 'Own' }).end();
});
const provider = await TestProvider.start();
const AUTHORITY = '0b3a1d0e-8a3c-4f6e-9a31-0c7a52a0c111';

/** What the rows need in a configuration. */
export const whoAsks = {
  ca_certificates: [{ id: AUTHORITY, cert: authority.cert }],
  consumers: [
    {
      username: 'alice',
      keyauth_credentials: [{ key: 'of-alice' }],
      basicauth_credentials: [{ username: 'alice', password: 'wonder' }],
      hmacauth_credentials: [{ username: 'alice', secret: 'wonder' }],
      jwt_secrets: [{ key: 'alice', secret: 'wonder' }],
      acls: [{ group: 'staff' }],
    },
    { username: 'bob', keyauth_credentials: [{ key: 'of-bob' }] },
    { username: 'guest' },
  ],
};

/** Ends the servers that the rows ask. */
export async function stopPeers(): Promise<void> {
  authority.remove();
  for (const peer of [introspection, decider, provider]) await peer.stop();
}

/** Plugins that find out who asks, and what goes by it. */
export const authenticationRows: readonly Row[] = [
  {
    route: 'key-auth',
    plugins: [keyAuth],
    async check(call) {
      const without = await call();
      assertRefused(without, 401, 'No API key found in request');
      assert.match(without.headers['www-authenticate'] ?? '', /^Key/);
      assertRefused(await call({ apikey: 'wrong' }), 401, 'Unauthorized');
      const { status, seen } = await call({ apikey: 'of-alice' });
      assert.equal(status, 200);
      assert.equal(seen?.['x-consumer-username'], 'alice');
      assert.equal(seen?.apikey, undefined);
    },
  },
  {
    route: 'acl',
    plugins: [keyAuth, { name: 'acl', config: { allow: ['staff'] } }],
    async check(call) {
      const refused = await call({ apikey: 'of-bob' });
      assertRefused(refused, 403, 'You cannot consume this service');
      const { status, seen } = await call({ apikey: 'of-alice' });
      assert.equal(status, 200);
      assert.equal(seen?.['x-consumer-groups'], 'staff');
    },
  },
  {
    route: 'basic-auth',
    plugins: [{ name: 'basic-auth' }],
    async check(call) {
      assertRefused(await call(), 401, 'Unauthorized');
      const of = (login: string): Fields => ({
        authorization: `Basic ${Buffer.from(login).toString('base64')}`,
      });
      assertRefused(await call(of('alice:wrong')), 401, 'Unauthorized');
      assertOfAlice(await call(of('alice:wonder')));
    },
  },
  {
    route: 'hmac-auth',
    plugins: [{ name: 'hmac-auth' }],
    async check(call) {
      const date = new Date().toUTCString();
      const signed = (secret: string): Fields => {
        const signature = createHmac('sha256', secret).update(`date: ${date}`).digest('base64');
        const authorization = `hmac username="alice", algorithm="hmac-sha256", headers="date", signature="${signature}"`;
        return { date, authorization };
      };
      assert.equal((await call()).status, 401);
      assertRefused(await call(signed('guess')), 401, 'HMAC signature does not match');
      assertOfAlice(await call(signed('wonder')));
    },
  },
  {
    route: 'jwt',
    plugins: [{ name: 'jwt' }],
    async check(call) {
      assertRefused(await call(), 401, 'Unauthorized');
      const signed = (secret: string): Fields => ({
        authorization: `Bearer ${tokenOf('HS256', secret, { iss: 'alice' })}`,
      });
      assertRefused(await call(signed('guess')), 401, 'Invalid signature');
      assertOfAlice(await call(signed('wonder')));
    },
  },
  {
    route: 'openid-connect',
    plugins: [
      {
        name: 'openid-connect',
        config: {
          issuer: provider.issuer,
          client_id: ['app'],
          client_secret: ['s'],
          redirect_uri: ['https://app.test/callback'],
        },
      },
    ],
    async check(call) {
      const exp = Math.floor(Date.now() / 1000) + 600;
      const without = await call();
      assertRefused(without, 401, 'Unauthorized');
      assert.match(without.headers['www-authenticate'] ?? '', /^Bearer/);
      const bearer = (claims: object) => ({ authorization: `Bearer ${provider.token(claims)}` });
      assertRefused(await call(bearer({ sub: 'ada', aud: 'other', exp })), 403, 'Forbidden');
      const { status, seen } = await call(bearer({ sub: 'ada', aud: 'app', exp }));
      assert.equal(status, 200);
      assert.equal(seen?.['x-credential-identifier'], 'ada');
    },
  },
  {
    route: 'session',
    plugins: [
      { name: 'session', config: { secret: 'a'.repeat(32), cookie_secure: false } },
      { name: 'key-auth', config: { anonymous: 'guest' } },
    ],
    async check(call) {
      assert.equal((await call()).seen?.['x-consumer-username'], 'guest');
      const login = await call({ apikey: 'of-alice' });
      assertOfAlice(login);
      const [cookie = ''] = [login.headers['set-cookie'] ?? ''].flat();
      assertOfAlice(await call({ cookie: cookie.split(';')[0] ?? '' }));
      const forged = await call({ cookie: 'session=forged' });
      assert.equal(forged.seen?.['x-consumer-username'], 'guest');
    },
  },
  {
    route: 'mtls-auth',
    plugins: [{ name: 'mtls-auth', config: { ca_certificates: [AUTHORITY] } }],
    async check(call) {
      assertRefused(await call(), 401, 'No required TLS certificate was sent');
    },
  },
  {
    route: 'oauth2-introspection',
    plugins: [
      {
        name: 'oauth2-introspection',
        config: { introspection_url: introspection.url('/'), authorization_value: 'Basic x' },
      },
    ],
    async check(call) {
      for (const headers of [{}, { authorization: 'Bearer revoked' }]) {
        const { status, seen } = await call(headers);
        assert.deepEqual({ status, seen }, { status: 401, seen: null });
      }
      const { status, seen } = await call({ authorization: 'Bearer good' });
      assert.equal(status, 200);
      assert.equal(seen?.['x-consumer-username'], 'alice');
    },
  },
  {
    route: 'external-auth',
    plugins: [
      {
        name: 'external-auth',
        config: {
          url: decider.url('/'),
          request_headers: ['x-own-token'],
          consumer_header: 'x-user',
          upstream_headers: ['x-tenant'],
        },
      },
    ],
    async check(call) {
      const refused = await call({ 'x-tenant': 'forged' });
      assertRefused(refused, 403, 'You cannot consume this service');
      assert.equal(refused.headers['www-authenticate'], 'Own');
      const { status, seen } = await call({ 'x-own-token': 'good', 'x-tenant': 'forged' });
      assert.equal(status, 200);
      assert.equal(seen?.['x-consumer-username'], 'alice');
      assert.equal(seen['x-tenant'], 'shop');
    },
  },
];
