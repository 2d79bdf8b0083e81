import assert from 'node:assert/strict';
import http from 'node:http';
import http2 from 'node:http2';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { TestPeer } from '../../gateway/src/plugin/peer/testing/test-peer.ts';
import { bundledPlugins } from '../../gateway/src/plugins/bundled.ts';
import { TestProvider } from '../../gateway/src/plugins/openid-connect/testing/test-provider.ts';
import { Authority } from '../support/authority.ts';
import { startGateway, type Gateway } from '../support/gateway.ts';
import { ALL_PROTOCOLS } from '../support/protocols.ts';
import { within } from '../support/until.ts';
import * as hostile from './hostile-requests.ts';
import type { HostileRequest } from './hostile-requests.ts';

const SEED = 20261127;
const REQUESTS = 400;
const AT_ONCE = 16;
const AUTHORITY = '0b3a1d0e-8a3c-4f6e-9a31-0c7a52a0c111';

interface Attack {
  readonly plugins: readonly object[];
  readonly requests: fc.Arbitrary<HostileRequest>;
  /** What they are answered. */
  readonly statuses: readonly number[];
}

const UNAUTHORIZED = [401];
const authority = new Authority('Clients');
const provider = await TestProvider.start();
/** Knows nobody. */
const nobody = await TestPeer.start((_, response) => {
  response.end('{"active":false}');
});
/** Lets nobody pass. */
const refuser = await TestPeer.start((_, response) => {
  response.writeHead(401).end();
});

const attacks: Readonly<Record<string, Attack>> = {
  'key-auth': {
    plugins: [{ name: 'key-auth', config: { key_in_body: true } }],
    requests: hostile.hostileKeys,
    statuses: UNAUTHORIZED,
  },
  'basic-auth': {
    plugins: [{ name: 'basic-auth' }],
    requests: hostile.hostileLogins,
    statuses: UNAUTHORIZED,
  },
  'hmac-auth': {
    plugins: [{ name: 'hmac-auth', config: { validate_request_body: true } }],
    requests: hostile.hostileSignatures,
    statuses: UNAUTHORIZED,
  },
  jwt: {
    plugins: [{ name: 'jwt', config: { claims_to_verify: ['exp', 'nbf'], cookie_names: ['jwt'] } }],
    requests: fc.oneof(hostile.hostileJwts, hostile.hostileCookies(['jwt'])),
    statuses: UNAUTHORIZED,
  },
  'oauth2-introspection': {
    plugins: [
      {
        name: 'oauth2-introspection',
        config: { introspection_url: nobody.url('/'), authorization_value: 'Basic x' },
      },
    ],
    requests: hostile.hostileBearers,
    statuses: UNAUTHORIZED,
  },
  'openid-connect': {
    plugins: [
      {
        name: 'openid-connect',
        config: {
          issuer: provider.issuer,
          client_id: ['gateway'],
          client_secret: ['secret'],
          redirect_uri: ['http://127.0.0.1/openid-connect/callback'],
          session_secret: '7f0d5ae0a5f0c6a6b2f0d8c1e94b3d27',
        },
      },
    ],
    requests: fc.oneof(
      hostile.hostileBearers,
      hostile.hostileCookies(['session', '__Host-session', 'openid_login']),
      hostile.hostileCallbacks('/callback'),
    ),
    // A login that nobody has begun is no matter of who asks.
    statuses: [400, 401],
  },
  'external-auth': {
    plugins: [
      {
        name: 'external-auth',
        config: { url: refuser.url('/'), request_headers: ['authorization', 'cookie'] },
      },
    ],
    requests: fc.oneof(hostile.hostileBearers, hostile.hostileCookies(['token'])),
    statuses: UNAUTHORIZED,
  },
  'mtls-auth': {
    plugins: [{ name: 'mtls-auth', config: { ca_certificates: [AUTHORITY] } }],
    requests: hostile.hostileIdentities,
    statuses: UNAUTHORIZED,
  },
  session: {
    plugins: [{ name: 'session', config: { secret: 'a'.repeat(32) } }, { name: 'key-auth' }],
    requests: hostile.hostileCookies(['session', 'remember']),
    statuses: UNAUTHORIZED,
  },
};

describe('Credentials that are none', () => {
  let gateway: Gateway;
  const served: string[] = [];
  const service = http.createServer((request, response) => {
    served.push(request.url ?? '');
    response.end();
  });

  before(async () => {
    await new Promise<void>((listening) => service.listen(0, '127.0.0.1', listening));
    const { port } = service.address() as { readonly port: number };
    const routes = Object.entries(attacks).map(([name, { plugins }]) => ({
      ...{ name, paths: [`/${name}`], strip_path: false, plugins },
    }));
    gateway = await startGateway({
      listen: ALL_PROTOCOLS,
      config: {
        _format_version: '3.0',
        ca_certificates: [{ id: AUTHORITY, cert: authority.cert }],
        services: [{ name: 's', url: `http://127.0.0.1:${port}`, routes }],
        consumers: [
          {
            username: 'ada',
            keyauth_credentials: [{ key: 'of-ada' }],
            basicauth_credentials: [{ username: 'ada', password: 'lovelace' }],
            hmacauth_credentials: [{ username: 'ada', secret: 'difference' }],
            jwt_secrets: [{ key: 'ada', secret: 'engine', algorithm: 'HS256' }],
          },
        ],
      },
    });
  });

  after(async () => {
    await gateway?.stop();
    service.close();
    await nobody.stop();
    await refuser.stop();
    await provider.stop();
    authority.remove();
  });

  it('are tried with every plugin that knows who asks', () => {
    const knowing = [...bundledPlugins.values()]
      .filter(({ config }) => 'anonymous' in config.fields)
      .map(({ name }) => name);
    for (const name of knowing) assert.ok(name in attacks, `there is no attack on ${name}`);
  });

  for (const [name, { requests, statuses }] of Object.entries(attacks)) {
    for (const [protocol, connect] of [
      ['HTTP/1.1', connectHttp1],
      ['HTTP/2', connectHttp2],
    ] as const) {
      it(`are refused by ${name} over ${protocol}, and nothing fails`, async () => {
        const sender = connect(gateway.proxyPorts[0]!);
        const before = served.length;
        try {
          const all = fc.sample(requests, { seed: SEED, numRuns: REQUESTS });
          for (let i = 0; i < all.length; i += AT_ONCE) {
            const some = all.slice(i, i + AT_ONCE);
            const got = await within(
              'the answers',
              Promise.all(some.map((it) => sender.send(name, it))),
            );
            for (const [j, status] of got.entries()) {
              assert.ok(statuses.includes(status), `${status} for ${JSON.stringify(some[j])}`);
            }
          }
        } finally {
          sender.close();
        }
        assert.equal(served.length, before, 'the service was asked');
        gateway.assertRunning();
        const failures = gateway.output
          .split('\n')
          .filter((line) => line.includes('"level":"error"'));
        assert.deepEqual(failures, []);
      });
    }
  }
});

interface Sender {
  send(route: string, request: HostileRequest): Promise<number>;
  close(): void;
}

function connectHttp1(port: number): Sender {
  const agent = new http.Agent({ keepAlive: true, maxSockets: AT_ONCE });
  return {
    send: (route, { method, target, headers, body }) =>
      new Promise((resolve, reject) => {
        const path = `/${route}${target}`;
        const length = method === 'POST' ? { 'content-length': Buffer.byteLength(body) } : {};
        const request = http.request(
          { host: '127.0.0.1', port, agent, method, path, headers: { ...headers, ...length } },
          (response) => {
            response.resume();
            response.on('end', () => resolve(response.statusCode ?? 0));
          },
        );
        request.on('error', reject);
        request.end(body);
      }),
    close: () => agent.destroy(),
  };
}

function connectHttp2(port: number): Sender {
  const session = http2.connect(`http://127.0.0.1:${port}`);
  return {
    send: (route, { method, target, headers, body }) =>
      new Promise((resolve, reject) => {
        const head = { ':method': method, ':path': `/${route}${target}`, ...headers };
        const stream = session.request(head, { endStream: method === 'GET' });
        stream.on('response', (got) => {
          stream.resume();
          stream.on('end', () => resolve(Number(got[':status'])));
        });
        stream.on('error', reject);
        if (method === 'POST') stream.end(body);
      }),
    close: () => session.close(),
  };
}
