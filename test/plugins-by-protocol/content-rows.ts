import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { assertRefused, keyAuth, type Row } from './row.ts';

/** Plugins that look at what a message says, or change it. */
export const contentRows: readonly Row[] = [
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
    route: 'exit-transformer',
    plugins: [
      keyAuth,
      {
        name: 'exit-transformer',
        config: {
          rules: [
            {
              statuses: ['401'],
              status: 403,
              headers: { set: { 'X-Said': '$(status) $(message)' } },
              body: '{"message":"refused"}',
            },
          ],
        },
      },
    ],
    async check(call, { grpc }) {
      const refused = await call();
      // What gRPC tells stands in fields of its own.
      if (grpc) assertRefused(refused, 401, 'No API key found in request');
      else assertRefused(refused, 403, 'refused');
      assert.equal(refused.headers['x-said'], '401 No API key found in request');
      assert.equal((await call({ apikey: 'of-alice' })).headers['x-said'], undefined);
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
