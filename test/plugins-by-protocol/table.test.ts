import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { TestPeer } from '../../gateway/src/plugin/peer/testing/test-peer.ts';
import { TestProvider } from '../../gateway/src/plugins/openid-connect/testing/test-provider.ts';
import { Authority } from '../support/authority.ts';
import { startGateway, type Gateway } from '../support/gateway.ts';
import { parseMetrics, total } from '../support/metrics.ts';
import { ALL_PROTOCOLS } from '../support/protocols.ts';
import { until } from '../support/until.ts';
import { CALLERS, type Caller, type Outcome } from './callers.ts';
import { grpcService, Mirror, type Fields } from './mirror.ts';

/** A route with plugins, and what is to be seen of them whatever a request is made with. */
interface Row {
  readonly route: string;
  readonly plugins: readonly object[];
  readonly check: (
    call: (headers?: Fields, message?: Buffer) => Promise<Outcome>,
    caller: Caller,
  ) => Promise<void>;
}

const authority = new Authority('Clients');
const openid = await TestProvider.start();
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
const AUTHORITY = '0b3a1d0e-8a3c-4f6e-9a31-0c7a52a0c111';

const keyAuth = { name: 'key-auth', config: { hide_credentials: true } };

/** The request was refused before the service saw it, in words that the client understands. */
function assertRefused(outcome: Outcome, status: number, message: string): void {
  const { seen, status: got, message: told } = outcome;
  assert.deepEqual({ seen, status: got, message: told }, { seen: null, status, message });
}

const rows: readonly Row[] = [
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
  {
    route: 'openid-connect',
    plugins: [
      {
        name: 'openid-connect',
        config: {
          issuer: openid.issuer,
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
      const bearer = (claims: object) => ({ authorization: `Bearer ${openid.token(claims)}` });
      assertRefused(await call(bearer({ sub: 'ada', aud: 'other', exp })), 403, 'Forbidden');
      const { status, seen } = await call(bearer({ sub: 'ada', aud: 'app', exp }));
      assert.equal(status, 200);
      assert.equal(seen?.['x-credential-identifier'], 'ada');
    },
  },
  {
    route: 'rate-limiting',
    plugins: [
      {
        name: 'rate-limiting',
        config: { hour: 2, policy: 'local', limit_by: 'header', header_name: 'x-cell' },
      },
    ],
    async check(call, { name }) {
      const cell = { 'x-cell': name };
      for (const left of ['1', '0']) {
        const { status, headers } = await call(cell);
        assert.equal(status, 200);
        assert.equal(headers['x-ratelimit-limit-hour'], '2');
        assert.equal(headers['ratelimit-remaining'], left);
      }
      const refused = await call(cell);
      assertRefused(refused, 429, 'API rate limit exceeded');
      assert.ok(Number(refused.headers['retry-after']) > 0);
    },
  },
  {
    route: 'correlation-id',
    plugins: [{ name: 'correlation-id', config: { echo_downstream: true, generator: 'uuid' } }],
    async check(call) {
      const { headers, seen } = await call();
      assert.match(headers['kong-request-id'] ?? '', /^[0-9a-f-]{36}$/);
      assert.equal(seen?.['kong-request-id'], headers['kong-request-id']);
      const kept = await call({ 'kong-request-id': 'mine' });
      assert.equal(kept.headers['kong-request-id'], 'mine');
      assert.equal(kept.seen?.['kong-request-id'], 'mine');
    },
  },
  {
    route: 'bot-detection',
    plugins: [{ name: 'bot-detection', config: { deny: ['^unwanted/'] } }],
    async check(call) {
      assert.equal((await call({ 'user-agent': 'wanted/1' })).status, 200);
      assertRefused(await call({ 'user-agent': 'unwanted/1' }), 403, 'Forbidden');
    },
  },
  {
    route: 'cors',
    plugins: [{ name: 'cors', config: { origins: ['https://a.test', 'https://b.test'] } }],
    async check(call) {
      const allowed = await call({ origin: 'https://b.test' });
      assert.equal(allowed.status, 200);
      assert.equal(allowed.headers['access-control-allow-origin'], 'https://b.test');
      assert.equal(allowed.headers.vary, 'Origin');
      const other = await call({ origin: 'https://c.test' });
      assert.equal(other.status, 200);
      assert.equal(other.headers['access-control-allow-origin'], undefined);
    },
  },
  {
    route: 'request-size-limiting',
    plugins: [
      {
        name: 'request-size-limiting',
        config: { allowed_payload_size: 20, size_unit: 'bytes' },
      },
    ],
    async check(call, { bodyOf, grpc }) {
      assert.equal((await call()).status, 200);
      // Messages of gRPC are counted with their heads; those of WebSockets are not counted.
      if (bodyOf(Buffer.alloc(0)) === null) return;
      assert.equal((await call({}, Buffer.alloc(10))).status, 200);
      const refused = await call({}, Buffer.alloc(21));
      assertRefused(refused, grpc ? 400 : 413, 'Request size limit exceeded');
    },
  },
  {
    route: 'request-termination',
    plugins: [
      {
        name: 'request-termination',
        config: { status_code: 503, message: 'closed for today', trigger: 'x-close' },
      },
    ],
    async check(call) {
      assert.equal((await call()).status, 200);
      assertRefused(await call({ 'x-close': 'yes' }), 503, 'closed for today');
    },
  },
  {
    route: 'standard-webhooks',
    plugins: [{ name: 'standard-webhooks', config: { secret_v1: 'secret' } }],
    async check(call, { bodyOf }) {
      assertRefused(await call(), 400, 'Bad request');
      const message = Buffer.from('{}');
      const body = bodyOf(message);
      if (body === null) return;
      const time = Math.floor(Date.now() / 1000);
      const signature = createHmac('sha256', 'secret').update(`1.${time}.`).update(body);
      const signed = {
        'webhook-id': '1',
        'webhook-timestamp': String(time),
        'webhook-signature': `v1,${signature.digest('base64')}`,
      };
      assert.equal((await call(signed, message)).status, 200);
      assertRefused(await call(signed, Buffer.from('{"x":1}')), 400, 'Bad request');
    },
  },
  {
    route: 'upstream-signature',
    plugins: [
      {
        name: 'upstream-signature',
        config: { keys: [{ id: 'k', algorithm: 'HS256', secret: 'secret'.repeat(6) }] },
      },
    ],
    async check(call) {
      const { status, seen } = await call({ 'x-gateway-token': 'forged' });
      assert.equal(status, 200);
      const [header = '', payload = '', signature] = seen?.['x-gateway-token']?.split('.') ?? [];
      const expected = createHmac('sha256', 'secret'.repeat(6)).update(`${header}.${payload}`);
      assert.equal(signature, expected.digest('base64url'));
    },
  },
  {
    route: 'request-transformer',
    plugins: [
      {
        name: 'request-transformer',
        config: { add: { headers: ['X-Copy:$(headers.x_from or "none")'] } },
      },
    ],
    async check(call) {
      assert.equal((await call()).seen?.['x-copy'], 'none');
      assert.equal((await call({ 'x-from': 'here' })).seen?.['x-copy'], 'here');
    },
  },
  {
    route: 'response-transformer',
    plugins: [
      {
        name: 'response-transformer',
        config: { add: { headers: ['X-Added:1'], json: ['added:1'] } },
      },
    ],
    async check(call) {
      const { status, headers, seen } = await call();
      assert.equal(status, 200);
      assert.equal(headers['x-added'], '1');
      assert.ok(seen !== null);
    },
  },
  {
    route: 'request-validator',
    plugins: [
      {
        name: 'request-validator',
        config: {
          parameter_schema: [
            { in: 'header', name: 'x-tenant', required: true, schema: '{"enum":["a"]}' },
          ],
        },
      },
    ],
    async check(call) {
      const message = "request param doesn't conform to schema";
      assertRefused(await call(), 400, message);
      assertRefused(await call({ 'x-tenant': 'b' }), 400, message);
      assert.equal((await call({ 'x-tenant': 'a' })).status, 200);
    },
  },
];

describe('Plugins by protocol', () => {
  const routes = [...rows.map(({ route }) => route), 'counted'];
  const mirror = new Mirror(routes);
  let gateway: Gateway;

  before(async () => {
    await mirror.start();
    const http = routes.map((name) => ({ name, paths: [`/${name}`], plugins: pluginsOf(name) }));
    const grpc = routes.map((name) => ({
      name: `${name}-grpc`,
      protocols: ['grpc', 'grpcs'],
      paths: [`/${grpcService(name)}/`],
      plugins: pluginsOf(name),
    }));
    const host = '127.0.0.1';
    gateway = await startGateway({
      listen: ALL_PROTOCOLS,
      config: {
        _format_version: '3.0',
        ca_certificates: [{ id: AUTHORITY, cert: authority.cert }],
        consumers: [
          {
            username: 'alice',
            keyauth_credentials: [{ key: 'of-alice' }],
            acls: [{ group: 'staff' }],
          },
          { username: 'bob', keyauth_credentials: [{ key: 'of-bob' }] },
        ],
        plugins: [{ name: 'prometheus', config: { per_consumer: true } }],
        services: [
          { name: 'mirror', protocol: 'http', host, port: mirror.httpPort, routes: http },
          { name: 'mirror-grpc', protocol: 'grpc', host, port: mirror.grpcPort, routes: grpc },
        ],
      },
    });
  });

  after(async () => {
    authority.remove();
    await introspection.stop();
    await decider.stop();
    await openid.stop();
    mirror.stop();
    await gateway?.stop();
  });

  const pluginsOf = (route: string): readonly object[] =>
    rows.find((row) => row.route === route)?.plugins ?? [keyAuth];

  for (const { route, check } of rows) {
    describe(route, () => {
      for (const caller of CALLERS) {
        it(`by ${caller.name}`, () =>
          check(
            (headers = {}, message) => caller.call(gateway.proxyPorts, route, headers, message),
            caller,
          ));
      }
    });
  }

  describe('prometheus and the access log', () => {
    for (const caller of CALLERS) {
      it(`by ${caller.name}`, async () => {
        const { grpc, passed, httpVersion, scheme } = caller;
        const name = grpc ? 'counted-grpc' : 'counted';
        const count = async (labels: Record<string, string>): Promise<number> => {
          const text = await (await gateway.fetchStatus('/metrics')).text();
          const metrics = parseMetrics(text);
          return total(metrics, 'kong_http_requests_total', { route: name, ...labels });
        };
        const right = { code: String(passed), consumer: 'alice', source: 'service' };
        const refused = { code: grpc ? '200' : '401', consumer: '', source: 'kong' };
        const before = [await count(right), await count(refused)];
        // Lines of other routes may still be on their way.
        const lines = (): Record<string, unknown>[] =>
          gateway.accessLines().filter((line) => line.route_name === name);
        const known = lines().length;
        await caller.call(gateway.proxyPorts, 'counted', { apikey: 'of-alice' });
        await caller.call(gateway.proxyPorts, 'counted', {});
        await until('both are counted', async () => {
          const now = [await count(right), await count(refused)];
          return now.every((value, i) => value === before[i]! + 1);
        });
        const told = await until('both are logged', () => {
          const fresh = lines().slice(known);
          return fresh.length >= 2 ? fresh : null;
        });
        const passing = told.find((line) => line.consumer_name === 'alice');
        const stopped = told.find((line) => line.consumer_name === null);
        for (const line of [passing, stopped]) {
          assert.equal(line?.http_version, httpVersion);
          assert.equal(line?.scheme, scheme);
          assert.equal((line?.tls ?? null) === null, scheme === 'http');
        }
        assert.equal(passing?.status, passed);
        assert.equal(passing?.source, 'upstream');
        assert.equal(stopped?.status, grpc ? 200 : 401);
        assert.equal(stopped?.reason, 'plugin:key-auth');
      });
    }
  });
});
