import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  authentication,
  authenticatedGroups,
  challenge,
  setAuthenticatedGroups,
} from './authentication.ts';
import type { Refusal, Verifier } from './authentication.ts';
import { definePlugin, f } from './plugin.ts';
import { TestGateway } from './testing/test-gateway.ts';

const refusal: Refusal = {
  status: 401,
  message: 'Unauthorized',
  headers: { 'WWW-Authenticate': 'Test' },
  body: 'negotiated',
};

/** An authentication plugin whose proof is whatever the test says. */
function pluginWith(verify: Verifier, priority = 1000, name = 'test-auth') {
  return definePlugin({
    name,
    summary: 'For tests.',
    version: '1.0.0',
    priority,
    protocols: ['http'],
    config: f.record(
      { anonymous: f.string(), run_on_preflight: f.boolean({ required: true, default: true }) },
      { required: true },
    ),
    setup: (config, env) => ({
      access: authentication({
        verify,
        anonymous: config.anonymous,
        runOnPreflight: config.run_on_preflight,
        env,
      }),
    }),
  });
}

const refuses = pluginWith(() => refusal);

describe('an authentication plugin without anonymous', () => {
  it('answers with its refusal, in the negotiated form', async () => {
    const gateway = new TestGateway();
    const { response, answeredBy } = await gateway.send([gateway.configure(refuses)]);
    assert.equal(response.status, 401);
    assert.equal(response.header('www-authenticate'), 'Test');
    assert.equal(answeredBy, 'error');
  });

  it('answers in the plain form where its refusal says so', async () => {
    const gateway = new TestGateway();
    const plain = pluginWith(() => ({ ...refusal, body: 'plain' }));
    const { response } = await gateway.send([gateway.configure(plain)]);
    assert.equal(response.body, '{"message":"Unauthorized"}');
    assert.equal(response.header('www-authenticate'), 'Test');
  });

  it('waits for a proof that takes time', async () => {
    const gateway = new TestGateway();
    const slow = pluginWith(() => Promise.resolve(refusal));
    const { response } = await gateway.send([gateway.configure(slow)]);
    assert.equal(response.status, 401);
  });

  it('must be satisfied even when another plugin has found a credential', async () => {
    const gateway = new TestGateway();
    const first = gateway.configure(identifying(gateway, 'bob'));
    const { response } = await gateway.send([first, gateway.configure(refuses)]);
    assert.equal(response.status, 401);
  });

  it('lets OPTIONS pass where it is told to', async () => {
    const gateway = new TestGateway();
    const plugins = [gateway.configure(refuses, { run_on_preflight: false })];
    assert.equal((await gateway.send(plugins, { method: 'OPTIONS' })).response.status, 200);
    assert.equal((await gateway.send(plugins, { method: 'GET' })).response.status, 401);
  });

  it('leaves an answer alone that reading the body has given', async () => {
    const gateway = new TestGateway();
    const reads = pluginWith(async (ex) => {
      await ex.request.body(1);
      return refusal;
    });
    const { response } = await gateway.send([gateway.configure(reads)], { body: 'too long' });
    assert.equal(response.status, 413);
  });
});

describe('an authentication plugin with anonymous', () => {
  for (const property of ['id', 'username'] as const) {
    it(`goes on as the anonymous consumer, found by ${property}`, async () => {
      const gateway = new TestGateway();
      const guest = gateway.directory.addConsumer({ username: 'guest' });
      const plugin = gateway.configure(refuses, { anonymous: guest[property] ?? '' });
      const { upstreamRequest, consumer, credential } = await gateway.send([plugin]);
      assert.equal(upstreamRequest?.headers.first('x-anonymous-consumer'), 'true');
      assert.equal(upstreamRequest?.headers.first('x-consumer-username'), 'guest');
      assert.equal(consumer, guest);
      assert.equal(credential, null);
    });
  }

  it('is skipped once another plugin has found a credential', async () => {
    const gateway = new TestGateway();
    gateway.directory.addConsumer({ username: 'guest' });
    const first = gateway.configure(identifying(gateway, 'bob'), { anonymous: 'guest' });
    const second = gateway.configure(refuses, { anonymous: 'guest' });
    const { consumer } = await gateway.send([first, second]);
    assert.equal(consumer?.username, 'bob');
  });

  it('is tried although another plugin went on as the anonymous consumer', async () => {
    const gateway = new TestGateway();
    gateway.directory.addConsumer({ username: 'guest' });
    const first = gateway.configure(
      pluginWith(() => refusal, 2000, 'first'),
      { anonymous: 'guest' },
    );
    const second = gateway.configure(identifying(gateway, 'bob'), { anonymous: 'guest' });
    const { consumer, upstreamRequest } = await gateway.send([first, second]);
    assert.equal(consumer?.username, 'bob');
    assert.equal(upstreamRequest?.headers.first('x-anonymous-consumer'), undefined);
  });

  it('answers 500 and tells the operator when there is no such consumer', async () => {
    const gateway = new TestGateway();
    const plugin = gateway.configure(refuses, { anonymous: 'nobody' });
    const { response } = await gateway.send([plugin]);
    assert.equal(response.status, 500);
    assert.match(response.body, /"message":"An unexpected error occurred"/);
    assert.equal(
      gateway.log[0]?.message,
      "anonymous consumer nobody is configured but doesn't exist",
    );
  });
});

describe('challenge', () => {
  it('is the scheme alone without realm', () => {
    assert.equal(challenge('Key', null), 'Key');
  });

  it('quotes the realm', () => {
    assert.equal(challenge('Basic', 'a "b" \\'), 'Basic realm="a \\"b\\" \\\\"');
  });

  it('cannot be broken out of by a line end', () => {
    assert.equal(challenge('Key', 'a\r\nX: 1'), 'Key realm="a%0D%0AX: 1"');
  });
});

describe('authenticated groups', () => {
  it('are those that were noted for the same exchange', async () => {
    const gateway = new TestGateway();
    const ex = await gateway.send([]);
    assert.equal(authenticatedGroups(ex), undefined);
    setAuthenticatedGroups(ex, ['a']);
    assert.deepEqual(authenticatedGroups(ex), ['a']);
  });
});

function identifying(gateway: TestGateway, username: string) {
  const consumer = gateway.directory.addConsumer({ username });
  return pluginWith(
    (ex) => {
      ex.authenticate(consumer, { id: 'credential', consumerId: consumer.id });
      return null;
    },
    1500,
    'identifying',
  );
}
