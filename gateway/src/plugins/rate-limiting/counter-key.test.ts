import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Scope } from '../../plugin/testing/test-gateway.ts';
import { TestGateway } from '../../plugin/testing/test-gateway.ts';
import type { RequestInit } from '../../plugin/testing/test-request.ts';
import { keyAuth } from '../key-auth/plugin.ts';
import { rateLimiting } from './plugin.ts';

/** A gateway with two consumers, one of whom has two keys. */
function gatewayWithKeys(): TestGateway {
  const gateway = new TestGateway();
  for (const [username, ...keys] of [
    ['bob', 'bob-1', 'bob-2'],
    ['alice', 'alice-1'],
    ['guest'],
  ] as const) {
    const consumer = gateway.directory.addConsumer({ username });
    for (const key of keys) gateway.directory.addCredential('keyauth_credentials', key, consumer);
  }
  return gateway;
}

const from = (
  clientIp: string,
  apikey = '',
  headers: Record<string, string> = {},
): RequestInit => ({
  clientIp,
  headers: { ...headers, ...(apikey !== '' && { apikey }) },
});

/** Sends requests through key-auth (anybody may pass) and a limit of one; which were refused? */
async function refused(config: object, requests: readonly RequestInit[]): Promise<boolean[]> {
  const gateway = gatewayWithKeys();
  const plugins = [
    gateway.configure(keyAuth, { anonymous: 'guest' }),
    gateway.configure(rateLimiting, { minute: 1, ...config }),
  ];
  const results: boolean[] = [];
  for (const request of requests) {
    results.push((await gateway.send(plugins, request)).response.status === 429);
  }
  return results;
}

describe('limit_by', () => {
  it('consumer counts all keys and addresses of a consumer together', async () => {
    const requests = [
      from('10.0.0.1', 'bob-1'),
      from('10.0.0.2', 'bob-2'),
      from('10.0.0.1', 'alice-1'),
    ];
    assert.deepEqual(await refused({}, requests), [false, true, false]);
  });

  it('consumer counts anonymous requests as those of the anonymous consumer', async () => {
    assert.deepEqual(await refused({}, [from('10.0.0.1'), from('10.0.0.2')]), [false, true]);
  });

  it('credential counts each key by itself, and requests without one by address', async () => {
    const requests = [
      from('10.0.0.1', 'bob-1'),
      from('10.0.0.1', 'bob-2'),
      from('10.0.0.2', 'bob-1'),
      from('10.0.0.1'),
      from('10.0.0.1'),
    ];
    assert.deepEqual(await refused({ limit_by: 'credential' }, requests), [
      false,
      false,
      true,
      false,
      true,
    ]);
  });

  it('ip counts by address, whoever it is', async () => {
    const requests = [
      from('10.0.0.1', 'bob-1'),
      from('10.0.0.1', 'alice-1'),
      from('10.0.0.2', 'bob-1'),
    ];
    assert.deepEqual(await refused({ limit_by: 'ip' }, requests), [false, true, false]);
  });

  it('service counts everybody together', async () => {
    const requests = [from('10.0.0.1', 'bob-1'), from('10.0.0.2', 'alice-1')];
    assert.deepEqual(await refused({ limit_by: 'service' }, requests), [false, true]);
  });

  it('header counts by its value, and requests without it by address', async () => {
    const config = { limit_by: 'header', header_name: 'X-Tenant' };
    const requests = [
      from('10.0.0.1', '', { 'x-tenant': 'a' }),
      from('10.0.0.2', '', { 'X-Tenant': 'a' }),
      from('10.0.0.1', '', { 'X-Tenant': 'b' }),
      from('10.0.0.1'),
      from('10.0.0.1'),
    ];
    assert.deepEqual(await refused(config, requests), [false, true, false, false, true]);
  });

  it('header does not spend the limit of the address that it names', async () => {
    const config = { limit_by: 'header', header_name: 'X-Tenant' };
    const requests = [from('10.0.0.2', '', { 'X-Tenant': '10.0.0.1' }), from('10.0.0.1')];
    assert.deepEqual(await refused(config, requests), [false, false]);
  });

  it('path counts one path together, and others by address', async () => {
    const requests = [
      { ...from('10.0.0.1'), target: '/login?a' },
      { ...from('10.0.0.2'), target: '/login?b' },
      { ...from('10.0.0.1'), target: '/other' },
      { ...from('10.0.0.2'), target: '/other' },
      { ...from('10.0.0.1'), target: '/more' },
    ];
    const config = { limit_by: 'path', path: '/login' };
    assert.deepEqual(await refused(config, requests), [false, true, false, false, true]);
  });
});

describe('the scope of a limit', () => {
  /** Sends one request through each of two instances with a limit of one. */
  async function apart(a: [object, Scope], b: [object, Scope]): Promise<boolean> {
    const gateway = new TestGateway();
    for (const [config, scope] of [a, b]) {
      const plugin = gateway.configure(rateLimiting, { limit_by: 'ip', ...config }, scope);
      if ((await gateway.send([plugin])).response.status === 429) return false;
    }
    return true;
  }

  it('keeps routes, services and consumers apart', async () => {
    const minute = { minute: 1 };
    assert.equal(await apart([minute, { route: 'a' }], [minute, { route: 'b' }]), true);
    assert.equal(await apart([minute, { route: 'a' }], [minute, { service: 'a' }]), true);
    assert.equal(await apart([minute, {}], [minute, { consumer: 'a' }]), true);
  });

  it('goes on counting when a plugin is configured anew', async () => {
    assert.equal(
      await apart([{ minute: 1 }, {}], [{ minute: 1, error_message: 'slow' }, {}]),
      false,
    );
  });

  it('does not take the count of one period for that of another', async () => {
    assert.equal(await apart([{ minute: 1 }, {}], [{ hour: 1 }, {}]), true);
  });
});
