import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setAuthenticatedGroups } from '../../plugin/authentication.ts';
import { definePlugin, f } from '../../plugin/plugin.ts';
import { TestGateway } from '../../plugin/testing/test-gateway.ts';
import { acl } from './plugin.ts';

interface Sender {
  readonly groups?: readonly string[];
  readonly authenticated?: readonly string[];
  readonly as: 'consumer' | 'credential' | 'anonymous' | 'nobody';
}

/** Sends a request as somebody through an acl plugin. */
function send(config: object, sender: Sender) {
  const gateway = new TestGateway();
  const consumer = gateway.directory.addConsumer({ groups: sender.groups ?? [] });
  const identify = definePlugin({
    name: 'identify',
    summary: 'For tests.',
    version: '1.0.0',
    priority: 2000,
    protocols: ['http'],
    config: f.record({}, { required: true }),
    setup: () => ({
      access(ex) {
        const credential = { id: 'c', consumerId: consumer.id };
        if (sender.as === 'consumer') ex.authenticate(consumer, credential);
        if (sender.as === 'credential') ex.authenticate(null, credential);
        if (sender.as === 'anonymous') ex.authenticateAnonymous(consumer);
        if (sender.authenticated) setAuthenticatedGroups(ex, sender.authenticated);
      },
    }),
  });
  return gateway.send([gateway.configure(identify), gateway.configure(acl, config)], {
    headers: { 'X-Consumer-Groups': 'forged' },
  });
}

const allow = { allow: ['admin', 'ops'] };
const deny = { deny: ['blocked'] };

describe('acl with allow', () => {
  it('lets a consumer of the group pass and names all its groups', async () => {
    const { upstreamRequest } = await send(allow, { as: 'consumer', groups: ['user', 'ops'] });
    assert.deepEqual(upstreamRequest?.headers.all('x-consumer-groups'), ['user, ops']);
  });

  it('answers 403 to everybody else who is known', async () => {
    for (const groups of [['user'], []]) {
      const { response, answeredBy } = await send(allow, { as: 'consumer', groups });
      assert.equal(response.status, 403);
      assert.match(response.body, /"message":"You cannot consume this service"/);
      assert.equal(answeredBy, 'error');
    }
  });

  it('answers 401 to a request that nobody has authenticated, without a challenge', async () => {
    const { response } = await send(allow, { as: 'nobody' });
    assert.equal(response.status, 401);
    assert.match(response.body, /"message":"Unauthorized"/);
    assert.equal(response.header('www-authenticate'), undefined);
  });

  it('answers 403 to a credential without consumer', async () => {
    assert.equal((await send(allow, { as: 'credential' })).response.status, 403);
  });

  it('goes by the groups of the anonymous consumer', async () => {
    const { response } = await send(allow, { as: 'anonymous', groups: ['ops'] });
    assert.equal(response.status, 200);
  });
});

describe('acl with deny', () => {
  it('answers 403 to a consumer of the group', async () => {
    const { response } = await send(deny, { as: 'consumer', groups: ['user', 'blocked'] });
    assert.equal(response.status, 403);
  });

  it('lets other consumers pass, and those without groups', async () => {
    const member = await send(deny, { as: 'consumer', groups: ['user'] });
    assert.deepEqual(member.upstreamRequest?.headers.all('x-consumer-groups'), ['user']);
    const alone = await send(deny, { as: 'consumer' });
    assert.deepEqual(alone.upstreamRequest?.headers.all('x-consumer-groups'), []);
  });

  it('answers 401 to a request that nobody has authenticated', async () => {
    assert.equal((await send(deny, { as: 'nobody' })).response.status, 401);
  });
});

describe('acl and groups from elsewhere', () => {
  const authenticated = ['ops'];

  it('goes by them where there is no consumer, or an anonymous one', async () => {
    for (const as of ['nobody', 'anonymous'] as const) {
      const { upstreamRequest } = await send(allow, { as, authenticated, groups: ['user'] });
      assert.deepEqual(upstreamRequest?.headers.all('x-authenticated-groups'), ['ops']);
      assert.deepEqual(upstreamRequest?.headers.all('x-consumer-groups'), []);
    }
  });

  it('prefers the groups of an authenticated consumer unless told otherwise', async () => {
    const sender: Sender = { as: 'consumer', authenticated, groups: ['user'] };
    assert.equal((await send(allow, sender)).response.status, 403);
    const always = { ...allow, always_use_authenticated_groups: true };
    assert.equal((await send(always, sender)).response.status, 200);
  });
});

describe('acl and its header', () => {
  it('keeps the groups from the service where it is told to', async () => {
    const config = { ...allow, hide_groups_header: true };
    const { upstreamRequest } = await send(config, { as: 'consumer', groups: ['ops'] });
    assert.deepEqual(upstreamRequest?.headers.all('x-consumer-groups'), []);
  });

  it('cannot be broken by the name of a group', async () => {
    const { upstreamRequest } = await send(deny, { as: 'consumer', groups: ['a\r\nX-Forged: 1'] });
    assert.deepEqual(upstreamRequest?.headers.all('x-forged'), []);
  });
});

describe('acl configuration', () => {
  it('needs exactly one of allow and deny', () => {
    const gateway = new TestGateway();
    assert.throws(
      () => gateway.configure(acl, {}),
      /at least one of these fields must be non-empty/,
    );
    assert.throws(
      () => gateway.configure(acl, { ...allow, ...deny }),
      /exactly one of these fields must be non-empty: 'config.allow', 'config.deny'/,
    );
  });
});
