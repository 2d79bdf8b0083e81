import assert from 'node:assert/strict';
import { createHash, createHmac, generateKeyPairSync, verify, type KeyObject } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { signatureFits } from '../../plugin/jose/algorithms.ts';
import { readToken } from '../../plugin/jose/token.ts';
import { pairFor } from '../../plugin/jose/testing/tokens.ts';
import type { ConsumerInfo, Exchange } from '../../plugin/plugin.ts';
import { TestGateway, type Configured } from '../../plugin/testing/test-gateway.ts';
import type { RequestInit } from '../../plugin/testing/test-request.ts';
import { upstreamSignature } from './plugin.ts';
import { SIGNING_ALGORITHMS, type SigningAlgorithm } from './signing-key.ts';

const NOW = Date.UTC(2030, 0, 15, 12);
const SECRET = '9c1185a5c5e9fc54612808977ee8f548b2258d31';

const pem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

function keyFor(algorithm: SigningAlgorithm, id = 'k1'): object {
  if (algorithm === 'HS256') return { id, algorithm, secret: SECRET };
  return { id, algorithm, private_key: pem(pairFor(algorithm).privateKey) };
}

function setUp(config: object = {}) {
  const gateway = new TestGateway({ now: NOW });
  const whole = { keys: [keyFor('EdDSA')], ...config };
  const plugin = gateway.configure(upstreamSignature, whole);
  const send = async (request: RequestInit = {}) =>
    (await gateway.send([plugin], request)).upstreamRequest;
  return { gateway, plugin, send };
}

async function tokenFor(config: object, request: RequestInit = {}) {
  const sent = await setUp(config).send(request);
  const token = readToken(sent?.headers.first('x-gateway-token') ?? '');
  assert.ok(typeof token === 'object');
  return token;
}

/** A plugin that runs before and says who sends the request. */
function authenticatesAs(consumer: ConsumerInfo, { plugin }: Configured): Configured {
  const access = (ex: Exchange): void => ex.authenticate(consumer, null);
  return { plugin: { ...plugin, priority: 1000 }, handlers: { access } };
}

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');

describe('upstream-signature with tokens', () => {
  it('signs with every algorithm so that the published key verifies', async () => {
    for (const algorithm of SIGNING_ALGORITHMS) {
      const token = await tokenFor({ keys: [keyFor(algorithm)] });
      assert.equal(token.algorithm, algorithm);
      assert.equal(token.header.kid, 'k1');
      if (algorithm === 'HS256') {
        const expected = createHmac('sha256', SECRET).update(token.signed).digest();
        assert.deepEqual(token.signature, expected);
      } else {
        const { publicKey } = pairFor(algorithm);
        assert.ok(signatureFits(algorithm, publicKey, token.signed, token.signature), algorithm);
      }
    }
  });

  it('says who issued it, for whom, how long, and on which route', async () => {
    const { claims } = await tokenFor({ issuer: 'edge', lifetime: 30 });
    assert.deepEqual(claims, {
      iss: 'edge',
      aud: 'service',
      iat: NOW / 1000,
      exp: NOW / 1000 + 30,
      route: 'route',
    });
    assert.equal((await tokenFor({ audience: 'ledger' })).claims.aud, 'ledger');
  });

  it('names the consumer', async () => {
    const { gateway, plugin } = setUp();
    const bob = gateway.directory.addConsumer({ username: 'bob', custom_id: '7' });
    const { upstreamRequest } = await gateway.send([plugin, authenticatesAs(bob, plugin)]);
    const token = readToken(upstreamRequest?.headers.first('x-gateway-token') ?? '');
    assert.ok(typeof token === 'object');
    assert.equal(token.claims.sub, bob.id);
    assert.deepEqual(token.claims.consumer, { username: 'bob', custom_id: '7' });
  });

  it('replaces what the client sent in its place', async () => {
    const { send } = setUp();
    const headers: [string, string][] = [
      ['x-gateway-token', 'forged'],
      ['X-GATEWAY-TOKEN', 'again'],
    ];
    const sent = await send({ headers });
    const values = sent?.headers.all('x-gateway-token') ?? [];
    assert.equal(values.length, 1);
    assert.match(values[0] ?? '', /^ey/);
  });

  it('uses a token again for half of its time, and no longer', async () => {
    const { gateway, send } = setUp();
    const token = async (): Promise<string | undefined> =>
      (await send({ target: '/any' }))?.headers.first('x-gateway-token');
    const first = await token();
    gateway.now += 29_999;
    assert.equal(await token(), first);
    gateway.now += 1;
    assert.notEqual(await token(), first);
  });

  it('makes another one as soon as the consumer is not the same any more', async () => {
    const { gateway, plugin } = setUp();
    const subjectOf = async (username: string): Promise<unknown> => {
      const consumer = gateway.directory.addConsumer({ id: 'same', username });
      const known = authenticatesAs(consumer, plugin);
      const { upstreamRequest } = await gateway.send([plugin, known]);
      const token = readToken(upstreamRequest?.headers.first('x-gateway-token') ?? '');
      return typeof token === 'object' ? token.claims.consumer : token;
    };
    assert.deepEqual(await subjectOf('bob'), { username: 'bob' });
    assert.deepEqual(await subjectOf('rob'), { username: 'rob' });
  });

  it('keeps tokens of different routes apart', async () => {
    const { gateway, send } = setUp();
    const first = (await send())?.headers.first('x-gateway-token');
    gateway.route = { id: 'other', name: null };
    const second = (await send())?.headers.first('x-gateway-token');
    assert.notEqual(second, first);
  });

  it('binds a token to method, path and query', async () => {
    const config = { bind: ['request'] };
    const { claims } = await tokenFor(config, { method: 'PUT', target: '/a?b=c' });
    assert.equal(claims.request_sha256, digest('PUT /a?b=c'));
    assert.match(String(claims.jti), /^[0-9a-f]{32}$/);
    const other = await tokenFor(config, { method: 'PUT', target: '/a?b=d' });
    assert.notEqual(other.claims.request_sha256, claims.request_sha256);
  });

  it('binds a token to the body, also to none', async () => {
    const config = { bind: ['body'] };
    const { claims } = await tokenFor(config, { method: 'POST', body: 'hello' });
    assert.equal(claims.body_sha256, digest('hello'));
    assert.equal((await tokenFor(config)).claims.body_sha256, digest(''));
  });

  it('answers a body that is too long with 413', async () => {
    const { gateway, plugin } = setUp({ bind: ['body'], max_body_size: 4 });
    const { response } = await gateway.send([plugin], { method: 'POST', body: 'hello' });
    assert.equal(response.status, 413);
  });

  it('signs for any request that there may be', async () => {
    const { send } = setUp({ bind: ['request', 'body'] });
    const text = fc.string().map((each) => encodeURIComponent(each.toWellFormed()));
    await fc.assert(
      fc.asyncProperty(text, text, fc.uint8Array(), async (path, query, body) => {
        const target = `/${path}?${query}`;
        const sent = await send({ method: 'POST', target, body });
        const token = readToken(sent?.headers.first('x-gateway-token') ?? '');
        assert.ok(typeof token === 'object');
        const expected = query === '' ? `/${path}` : target;
        assert.equal(token.claims.request_sha256, digest(`POST ${expected}`));
      }),
      { seed: 6, numRuns: 200 },
    );
  });
});

describe('upstream-signature with HTTP signatures', () => {
  const config = { format: 'http-signature', keys: [keyFor('EdDSA')] };

  /** Verifies a signature as RFC 9421 says, from what arrived alone. */
  function isRight(headers: ReadonlyMap<string, string>, parts: ReadonlyMap<string, string>) {
    const [, parameters = ''] = /^sluice=(.*)$/.exec(headers.get('signature-input') ?? '') ?? [];
    const [, signature = ''] = /^sluice=:(.*):$/.exec(headers.get('signature') ?? '') ?? [];
    const [, names = ''] = /^\(([^)]*)\)/.exec(parameters) ?? [];
    const base = names
      .split(' ')
      .map((name) => `${name}: ${parts.get(name) ?? headers.get(name.slice(1, -1))}\n`)
      .join('');
    const text = Buffer.from(`${base}"@signature-params": ${parameters}`);
    const key = pairFor('EdDSA').publicKey;
    return verify(null, text, key, Buffer.from(signature, 'base64'));
  }

  async function sent(request: RequestInit, more: object = {}) {
    const upstream = await setUp({ ...config, ...more }).send(request);
    const fields = upstream?.headers.list() ?? [];
    return new Map(fields.map(([name, value]) => [name.toLowerCase(), value]));
  }

  const parts = (method: string, path: string, query: string): Map<string, string> =>
    new Map([
      ['"@method"', method],
      ['"@path"', path],
      ['"@query"', query],
    ]);

  it('covers method, path and query', async () => {
    const headers = await sent({ method: 'POST', target: '/a/b?c=d' });
    assert.ok(isRight(headers, parts('POST', '/a/b', '?c=d')));
    assert.equal(isRight(headers, parts('GET', '/a/b', '?c=d')), false);
    assert.equal(isRight(headers, parts('POST', '/a', '?c=d')), false);
    assert.equal(isRight(headers, parts('POST', '/a/b', '?')), false);
    assert.ok(isRight(await sent({}), parts('GET', '/', '?')));
  });

  it('says when it was made, for how long, with what and for whom', async () => {
    const input = (await sent({})).get('signature-input') ?? '';
    const created = NOW / 1000;
    assert.match(
      input,
      new RegExp(
        `;created=${created};expires=${created + 60};nonce="[0-9a-f]{32}";keyid="k1";alg="ed25519";tag="service"$`,
      ),
    );
  });

  it('covers the body by its digest where it is bound', async () => {
    const headers = await sent({ method: 'POST', body: 'hello' }, { bind: ['body'] });
    const expected = createHash('sha256').update('hello').digest('base64');
    assert.equal(headers.get('content-digest'), `sha-256=:${expected}:`);
    assert.ok(isRight(headers, parts('POST', '/', '?')));
    headers.set('content-digest', 'sha-256=:AAAA:');
    assert.equal(isRight(headers, parts('POST', '/', '?')), false);
  });

  it('replaces signatures that the client sent', async () => {
    const forged = { 'Signature-Input': 'sluice=()', Signature: 'sluice=:AAAA:' };
    assert.ok(isRight(await sent({ headers: forged }), parts('GET', '/', '?')));
  });
});

describe('keys of upstream-signature', () => {
  const refused = (config: object, problem: RegExp): void =>
    void assert.throws(() => setUp(config), problem);

  it('are refused with what is wrong', () => {
    const short = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
    const ed = pem(pairFor('EdDSA').privateKey);
    const key = { id: 'k', algorithm: 'ES256' };
    refused({ keys: [] }, /config\.keys: /);
    refused({ keys: [key] }, /config\.keys\.0\.private_key: required with ES256/);
    refused({ keys: [{ ...key, private_key: 'x' }] }, /private_key: is no private key in PEM/);
    refused({ keys: [{ ...key, private_key: ed }] }, /private_key: is no key for ES256/);
    refused(
      { keys: [{ ...key, algorithm: 'RS256', private_key: pem(short) }] },
      /must have 2048 bits at least/,
    );
    refused({ keys: [{ ...key, algorithm: 'HS256' }] }, /secret: required with HS256/);
    refused({ keys: [{ ...key, algorithm: 'HS256', secret: 'short' }] }, /secret: /);
    refused({ keys: [{ ...key, algorithm: 'none' }] }, /algorithm: /);
    refused({ keys: [keyFor('EdDSA'), keyFor('ES256')] }, /keys: each needs an id of its own/);
    refused({ keys: [keyFor('EdDSA', 'a"b')] }, /id: invalid value/);
  });

  it('sign by the first, and are published all but secrets, without their private parts', async () => {
    const keys = [keyFor('HS256', 'now'), keyFor('ES256', 'next'), keyFor('RS256', 'old')];
    assert.equal((await tokenFor({ keys })).header.kid, 'now');
    const config = { keys } as unknown as Parameters<
      NonNullable<(typeof upstreamSignature)['publicKeys']>
    >[0];
    const published = upstreamSignature.publicKeys?.(config) ?? [];
    assert.deepEqual(
      published.map(({ kid, alg, use }) => [kid, alg, use]),
      [
        ['next', 'ES256', 'sig'],
        ['old', 'RS256', 'sig'],
      ],
    );
    for (const key of published) {
      for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) {
        assert.equal(Object.hasOwn(key, member), false, member);
      }
    }
  });
});
