import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { TestExchange } from '../../plugin/testing/test-exchange.ts';
import { TestGateway } from '../../plugin/testing/test-gateway.ts';
import type { RequestInit } from '../../plugin/testing/test-request.ts';
import { standardWebhooks } from './plugin.ts';

const NOW = Date.UTC(2030, 0, 15, 12);
const SECRET = 'whsec_YS13ZWJob29rLXNlY3JldA==';
const BODY = '{"a":1}';

interface Sent {
  readonly key?: string | Buffer;
  readonly id?: string;
  readonly timestamp?: string;
  readonly body?: string;
}

function signature({ key = SECRET, id = 'msg_1', timestamp = at(0), body = BODY }: Sent = {}) {
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

function at(seconds: number): string {
  return String(NOW / 1000 + seconds);
}

function webhook(fields: Record<string, string> = {}, body = BODY): RequestInit {
  const headers = {
    'Webhook-Id': 'msg_1',
    'Webhook-Timestamp': at(0),
    'Webhook-Signature': signature(),
    ...fields,
  };
  return { method: 'POST', headers, body };
}

function send(request: RequestInit, config: object = {}): Promise<TestExchange> {
  const gateway = new TestGateway({ now: NOW });
  const plugin = gateway.configure(standardWebhooks, { secret_v1: SECRET, ...config });
  return gateway.send([plugin], request);
}

async function statusOf(request: RequestInit, config: object = {}): Promise<number> {
  return (await send(request, config)).response.status;
}

describe('standard-webhooks', () => {
  it('lets a webhook pass that is signed with the text of the secret', async () => {
    const { upstreamRequest } = await send(webhook());
    assert.equal(upstreamRequest?.body, BODY);
  });

  it('refuses whatever was changed', async () => {
    const changed = [
      webhook({}, '{"a":2}'),
      webhook({ 'Webhook-Id': 'msg_2' }),
      webhook({ 'Webhook-Timestamp': at(1) }),
      webhook({ 'Webhook-Signature': signature().replace('v1,', 'v2,') }),
      webhook({ 'Webhook-Signature': signature().slice(3) }),
      webhook({ 'Webhook-Signature': signature({ key: 'another' }) }),
      webhook({ 'Webhook-Signature': `${signature()} ` }),
    ];
    for (const request of changed) {
      const { response, upstreamRequest } = await send(request);
      assert.equal(response.status, 400);
      assert.equal((response.json as { message: string }).message, 'Bad request');
      assert.equal(upstreamRequest, null);
    }
  });

  it('tells the operator why, and nobody any secret', async () => {
    const twice: RequestInit = {
      ...webhook(),
      headers: [...Object.entries(webhook().headers as object), ['webhook-id', 'msg_2']],
    };
    const refused: [RequestInit, string][] = [
      [webhook({ 'Webhook-Id': '' }), 'webhook-id is missing'],
      [twice, 'webhook-id is there more than once'],
      [webhook({ 'Webhook-Timestamp': 'soon' }), 'webhook-timestamp is no whole number of seconds'],
      [
        webhook({ 'Webhook-Timestamp': at(-900) }),
        'webhook-timestamp is further from now than tolerance_second',
      ],
      [webhook({}, ''), 'there is no body'],
      [webhook({}, '{}'), 'the signature does not fit'],
    ];
    const gateway = new TestGateway({ now: NOW });
    const plugin = gateway.configure(standardWebhooks, { secret_v1: SECRET });
    for (const [request] of refused) await gateway.send([plugin], request);
    assert.deepEqual(
      gateway.log.map(({ message }) => message),
      refused.map(([, reason]) => `a webhook is refused: ${reason}`),
    );
    const said = JSON.stringify(gateway.log);
    assert.ok(!said.includes(SECRET) && !said.includes(signature()));
    await gateway.send([plugin], webhook({}, '{}'));
    assert.equal(gateway.log.length, refused.length, 'not again within ten seconds');
  });

  it('wants all three fields once, and a body', async () => {
    for (const name of ['Webhook-Id', 'Webhook-Timestamp', 'Webhook-Signature']) {
      const { headers = {}, ...rest } = webhook();
      const fields = Object.entries(headers as Record<string, string>);
      const without = fields.filter(([each]) => each !== name);
      assert.equal(await statusOf({ ...rest, headers: without }), 400, name);
      assert.equal(await statusOf({ ...rest, headers: [...fields, [name, 'other']] }), 400, name);
    }
    const empty = webhook({ 'Webhook-Signature': signature({ body: '' }) }, '');
    assert.equal(await statusOf(empty), 400);
  });

  it('takes a time that is near enough, in the past or the future', async () => {
    const statuses: number[] = [];
    for (const seconds of [-301, -300, 0, 300, 301]) {
      const timestamp = at(seconds);
      const fields = {
        'Webhook-Timestamp': timestamp,
        'Webhook-Signature': signature({ timestamp }),
      };
      statuses.push(await statusOf(webhook(fields)));
    }
    assert.deepEqual(statuses, [400, 200, 200, 200, 400]);
  });

  it('takes nothing but whole seconds for a time', async () => {
    for (const timestamp of ['', 'abc', `${at(0)}.5`, '0x6b3a3d40', '1e9', '-1', ` ${at(0)}`]) {
      const fields = {
        'Webhook-Timestamp': timestamp,
        'Webhook-Signature': signature({ timestamp }),
      };
      assert.equal(await statusOf(webhook(fields)), 400, timestamp);
    }
  });

  it('reads no body of a webhook that is too old', async () => {
    const ex = await send(webhook({ 'Webhook-Timestamp': at(-900) }));
    assert.equal(ex.request.bodyReads, 0);
  });

  it('answers a body that is too long with 413', async () => {
    assert.equal(await statusOf(webhook(), { max_body_size: BODY.length }), 200);
    assert.equal(await statusOf(webhook(), { max_body_size: BODY.length - 1 }), 413);
  });

  it('takes a secret in base64 where it is one', async () => {
    const key = Buffer.from('a-webhook-secret');
    const request = webhook({ 'Webhook-Signature': signature({ key }) });
    assert.equal(await statusOf(request), 400);
    const config = { secret_is_base64: true };
    assert.equal(await statusOf(request, config), 200);
    const bare = { ...config, secret_v1: SECRET.slice('whsec_'.length) };
    assert.equal(await statusOf(request, bare), 200);
  });

  it('refuses a secret that should be base64 and is not', () => {
    for (const secret of ['whsec_', 'whsec_*', 'whsec_A', 'plain secret']) {
      assert.throws(
        () => void send(webhook(), { secret_v1: secret, secret_is_base64: true }),
        /config\.secret_v1: must be base64/,
      );
    }
  });

  it('takes one of several signatures where it is to', async () => {
    const listed = (...all: string[]) => webhook({ 'Webhook-Signature': all.join(' ') });
    const request = listed('v1,AAAA', 'v1a,x', signature());
    assert.equal(await statusOf(request), 400);
    const config = { accept_any_signature: true };
    assert.equal(await statusOf(request, config), 200);
    assert.equal(await statusOf(listed('v1,AAAA', 'v1,BBBB'), config), 400);
    const many = Array.from({ length: 100 }, () => 'v1,AAAA');
    assert.equal(await statusOf(listed(...many, signature()), config), 400);
  });

  it('answers 400 to fields of any kind', async () => {
    const text = fc.oneof(
      fc.string().map((each) => each.replace(/[\r\n\0]/g, '')),
      fc.integer().map(String),
      fc.constantFrom(at(0), 'msg_1', 'v1,', signature({ key: 'another' })),
    );
    const fields = fc.record(
      { 'Webhook-Id': text, 'Webhook-Timestamp': text, 'Webhook-Signature': text },
      { noNullPrototype: true },
    );
    await fc.assert(
      fc.asyncProperty(fields, fc.boolean(), async (sent, accept) => {
        const config = { accept_any_signature: accept };
        assert.equal(await statusOf(webhook(sent), config), 400);
      }),
      { seed: 6, numRuns: 500 },
    );
  });
});
