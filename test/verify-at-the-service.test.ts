/** What the guide says of verifying at the service, tried with its example and a real gateway. */
import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { createOrdersService } from '../examples/verify-at-the-service/service.ts';
import { type Gateway, startGateway } from './support/gateway.ts';

interface Key {
  readonly id: string;
  readonly algorithm: string;
  readonly private_key: string;
}

function newKey(id: string, algorithm: 'ES256' | 'EdDSA' | 'RS256'): Key {
  const { privateKey } =
    algorithm === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : algorithm === 'EdDSA'
        ? generateKeyPairSync('ed25519')
        : generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { id, algorithm, private_key: pem };
}

describe('a service that verifies', () => {
  // Known once there is a gateway, which needs the port of the service.
  let statusPort = 0;
  const old = newKey('old', 'ES256');
  let service: Server;
  let gateway: Gateway;

  const address = (): string => `http://127.0.0.1:${(service.address() as AddressInfo).port}`;

  function configuration(keys: readonly Key[]): object {
    const plugins = [{ name: 'key-auth' }, { name: 'upstream-signature', config: { keys } }];
    const orders = { name: 'orders', paths: ['/orders'], plugins };
    const other = { ...orders, name: 'other', paths: ['/other'] };
    return {
      _format_version: '3.0',
      consumers: [{ username: 'anna', keyauth_credentials: [{ key: 'of-anna' }] }],
      services: [
        { name: 'orders', url: address(), routes: [orders] },
        { name: 'billing', url: address(), routes: [other] },
      ],
    };
  }

  before(async () => {
    service = createOrdersService({
      get jwksUrl() {
        return `http://127.0.0.1:${statusPort}/status/jwks`;
      },
      issuer: 'sluice',
      audience: 'orders',
      pause: 0,
    });
    service.listen(0, '127.0.0.1');
    await once(service, 'listening');
    gateway = await startGateway({ config: configuration([old]) });
    statusPort = gateway.statusPort;
  });
  after(async () => {
    await gateway?.stop();
    service.closeAllConnections();
    service.close();
  });

  const ask = (path: string): Promise<Response> =>
    fetch(`http://127.0.0.1:${gateway.proxyPort}${path}`, { headers: { apikey: 'of-anna' } });

  it('answers who comes through the gateway', async () => {
    const response = await ask('/orders');
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), { orders: [], of: 'anna' });
  });

  it('refuses who goes around it', async () => {
    const forged = `${Buffer.from('{"alg":"none","kid":"old"}').toString('base64url')}.e30.AA`;
    for (const token of ['', 'x', 'a.b.c', forged]) {
      const headers = { 'X-Consumer-Username': 'anna', 'X-Gateway-Token': token };
      assert.equal((await fetch(address(), { headers })).status, 401, token);
    }
  });

  it('refuses a token that is for another service', async () => {
    assert.equal((await ask('/other')).status, 401);
  });

  it('refuses nobody while the key is changed', async () => {
    const fresh = newKey('fresh', 'EdDSA');
    const last = newKey('last', 'RS256');
    for (const keys of [[old, fresh], [fresh, old], [fresh], [fresh, last], [last, fresh]]) {
      await gateway.reload(configuration(keys));
      const published = (await (await gateway.fetchStatus('/status/jwks')).json()) as {
        keys: { kid: string }[];
      };
      assert.deepEqual(
        published.keys.map(({ kid }) => kid),
        keys.map(({ id }) => id),
      );
      assert.equal((await ask('/orders')).status, 200);
    }
  });
});

describe('a token that is bound to a request', () => {
  let gateway: Gateway;
  const service = createServer((request, response) => {
    const { method, url, headers } = request;
    response.end(JSON.stringify({ line: `${method} ${url}`, token: headers['x-gateway-token'] }));
  });

  before(async () => {
    service.listen(0, '127.0.0.1');
    await once(service, 'listening');
    const { port } = service.address() as AddressInfo;
    const config = { keys: [newKey('k', 'EdDSA')], bind: ['request'] };
    const plugins = [{ name: 'upstream-signature', config }];
    const transformer = {
      name: 'request-transformer',
      config: { http_method: 'PATCH', replace: { uri: '/other' }, add: { querystring: ['q:1'] } },
    };
    const routes = [
      { name: 'stripped', paths: ['/stripped'], plugins },
      { name: 'kept', paths: ['/kept'], strip_path: false, plugins },
      { name: 'changed', paths: ['/changed'], plugins: [...plugins, transformer] },
    ];
    gateway = await startGateway({
      config: {
        _format_version: '3.0',
        services: [{ name: 's', url: `http://127.0.0.1:${port}/base`, routes }],
      },
    });
  });
  after(async () => {
    await gateway?.stop();
    service.closeAllConnections();
    service.close();
  });

  it('is for method, path and query as the service sees them', async () => {
    for (const [path, line] of [
      ['/stripped/a%20b?c=%64', 'PUT /base/a%20b?c=%64'],
      ['/kept', 'PUT /base/kept'],
      ['/stripped', 'PUT /base'],
      ['/changed', 'PATCH /other?q=1'],
    ] as const) {
      const url = `http://127.0.0.1:${gateway.proxyPort}${path}`;
      const response = await fetch(url, { method: 'PUT' });
      const seen = (await response.json()) as { line: string; token: string };
      assert.equal(seen.line, line);
      const [, payload = ''] = seen.token.split('.');
      const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
      const expected = createHash('sha256').update(line).digest('base64url');
      assert.equal((claims as { request_sha256: string }).request_sha256, expected);
    }
  });
});
