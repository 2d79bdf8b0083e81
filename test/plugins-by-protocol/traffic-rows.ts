import assert from 'node:assert/strict';
import { assertRefused, keyAuth, type Row } from './row.ts';

/** A consumer who is kept out by address. */
export const carol = {
  username: 'carol',
  keyauth_credentials: [{ key: 'of-carol' }],
  plugins: [{ name: 'ip-restriction', config: { deny: ['127.0.0.0/8'] } }],
};

/** Plugins that decide whether, and under what name, a request passes. */
export const trafficRows: readonly Row[] = [
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
    route: 'ip-restriction',
    // The more specific instance is that of the consumer.
    plugins: [keyAuth, { name: 'ip-restriction', config: { deny: ['10.0.0.0/8'] } }],
    async check(call) {
      assert.equal((await call({ apikey: 'of-alice' })).status, 200);
      const refused = await call({ apikey: 'of-carol' });
      assertRefused(refused, 403, 'IP address not allowed: 127.0.0.1');
    },
  },
  {
    route: 'redirect',
    plugins: [{ name: 'redirect', config: { location: 'https://new.test/orders' } }],
    async check(call, { grpc }) {
      const sent = await call();
      assertRefused(sent, grpc ? 400 : 301, 'redirecting');
      assert.equal(sent.headers.location, 'https://new.test/orders');
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
];
