import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { ALGORITHMS, type Algorithm } from '../../plugin/jose/algorithms.ts';
import { pairFor, pairs, pemOf, tokenOf } from '../../plugin/jose/testing/tokens.ts';
import { TestGateway } from '../../plugin/testing/test-gateway.ts';
import type { RequestInit } from '../../plugin/testing/test-request.ts';
import { jwt } from './plugin.ts';

const NOW = Date.UTC(2030, 0, 15, 12);
const SECONDS = NOW / 1000;
const CREDENTIALS = 'jwt_secrets';
const SECRET = 's3cret';

const hs256 = (claims: object, header: object = {}): string =>
  tokenOf('HS256', SECRET, { iss: 'key', ...claims }, header);
const bearer = (token: string): RequestInit => ({ headers: { authorization: `Bearer ${token}` } });

function gatewayWithBob(
  fields: Readonly<Record<string, unknown>> = { secret: SECRET },
): TestGateway {
  const gateway = new TestGateway({ now: NOW });
  const bob = gateway.directory.addConsumer({ username: 'bob', custom_id: 'b-1' });
  gateway.directory.addCredential(CREDENTIALS, 'key', bob, fields);
  return gateway;
}

function send(
  config: object,
  request: RequestInit,
  gateway = gatewayWithBob(),
): ReturnType<TestGateway['send']> {
  return gateway.send([gateway.configure(jwt, config)], request);
}

/** What a client is told: `passed`, the message, or what is wrong by claim. */
async function answerTo(
  config: object,
  request: RequestInit,
  gateway = gatewayWithBob(),
): Promise<unknown> {
  const { response, answeredBy } = await send(config, request, gateway);
  if (response.status === 200) return 'passed';
  assert.equal(response.status, 401);
  assert.equal(answeredBy, 'respond');
  const body = response.json as { message?: string };
  return body.message ?? body;
}

describe('jwt', () => {
  it('tells the service whose token it was', async () => {
    const { upstreamRequest } = await send({}, bearer(hs256({})));
    const headers = upstreamRequest?.headers;
    assert.equal(headers?.first('x-consumer-username'), 'bob');
    assert.equal(headers?.first('x-credential-identifier'), 'key');
    assert.ok(headers?.first('authorization'));
  });

  for (const algorithm of ALGORITHMS) {
    it(`verifies ${algorithm}`, async () => {
      const isSecret = algorithm.startsWith('HS');
      const fields = isSecret
        ? { secret: SECRET, algorithm }
        : { secret: 'unused', rsa_public_key: pemOf(pairFor(algorithm)), algorithm };
      const key = isSecret ? SECRET : pairFor(algorithm).privateKey;
      const gateway = gatewayWithBob(fields);
      const good = tokenOf(algorithm, key, { iss: 'key' });
      assert.equal(await answerTo({}, bearer(good), gateway), 'passed');
      assert.equal(await answerTo({}, bearer(good), gateway), 'passed', 'from the cache');
      const [header = '', , signature = ''] = good.split('.');
      const claims = Buffer.from('{"iss":"key","admin":true}').toString('base64url');
      const changed = `${header}.${claims}.${signature}`;
      assert.equal(await answerTo({}, bearer(changed), gateway), 'Invalid signature');
    });
  }

  it('says what is wrong with a token, in the words of Kong', async () => {
    const cases: [string, string][] = [
      ['garbage', 'Bad token; invalid JSON'],
      [tokenOf('HS256', SECRET, { sub: 'x' }), "No mandatory 'iss' in claims"],
      [hs256({ iss: '' }), "Invalid 'iss' in claims"],
      [hs256({ iss: 5 }), "Invalid 'iss' in claims"],
      [hs256({ iss: {} }), "Invalid 'iss' in claims"],
      [hs256({ iss: 'other' }), "No credentials found for given 'iss'"],
      [tokenOf('HS512', SECRET, { iss: 'key' }), 'Invalid algorithm'],
      [tokenOf('HS256', 'wrong', { iss: 'key' }), 'Invalid signature'],
    ];
    for (const [token, message] of cases) assert.equal(await answerTo({}, bearer(token)), message);
  });

  it('challenges, and says that a token is invalid where there was one', async () => {
    const challengeOf = async (config: object, request: RequestInit): Promise<unknown> =>
      (await send(config, request)).response.header('www-authenticate');
    assert.equal(await challengeOf({}, {}), 'Bearer');
    assert.equal(await challengeOf({}, bearer('x')), 'Bearer error="invalid_token"');
    assert.equal(await challengeOf({ realm: 'r' }, {}), 'Bearer realm="r"');
  });

  it('finds the key in the header too, and under another claim', async () => {
    const inHeader = tokenOf('HS256', SECRET, {}, { iss: 'key' });
    assert.equal(await answerTo({}, bearer(inHeader)), 'passed');
    const kid = tokenOf('HS256', SECRET, { iss: 'x' }, { kid: 'key' });
    assert.equal(await answerTo({ key_claim_name: 'kid' }, bearer(kid)), 'passed');
    assert.equal(
      await answerTo({ key_claim_name: 'toString' }, bearer(kid)),
      "No mandatory 'toString' in claims",
    );
  });

  it('takes secrets in base64 where it is told to', async () => {
    const bytes = Buffer.from([0xff, 0x00, 0xfe, 0x10]);
    const token = tokenOf('HS256', bytes.toString('latin1'), { iss: 'key' });
    const config = { secret_is_base64: true };
    for (const encoding of ['base64', 'base64url'] as const) {
      const raw = gatewayWithBob({ secret: bytes.toString(encoding) });
      assert.equal(await answerTo(config, bearer(token), raw), 'Invalid signature');
    }
    const ascii = Buffer.from('binary\0secret');
    const good = tokenOf('HS256', ascii.toString(), { iss: 'key' });
    const gateway = gatewayWithBob({ secret: ascii.toString('base64url') });
    assert.equal(await answerTo(config, bearer(good), gateway), 'passed');
    assert.equal(await answerTo({}, bearer(good), gateway), 'Invalid signature');
    const none = gatewayWithBob({ secret: '***' });
    assert.equal(await answerTo(config, bearer(good), none), 'Invalid key/secret');
  });

  it('answers 401 to the token of a consumer that is gone', async () => {
    const gateway = gatewayWithBob();
    gateway.directory.removeConsumer(gateway.directory.consumerByIdOrName('bob')!);
    const answer = await answerTo({}, bearer(hs256({})), gateway);
    assert.equal(answer, "Could not find consumer for 'iss=key'");
  });

  it('lets OPTIONS pass where it is told to', async () => {
    const request = { method: 'OPTIONS' };
    assert.equal(await answerTo({}, request), 'Unauthorized');
    assert.equal(await answerTo({ run_on_preflight: false }, request), 'passed');
  });

  it('goes on as the anonymous consumer without a valid token', async () => {
    const gateway = gatewayWithBob();
    gateway.directory.addConsumer({ username: 'guest' });
    const config = { anonymous: 'guest' };
    assert.equal((await send(config, bearer('x'), gateway)).consumer?.username, 'guest');
    assert.equal((await send(config, bearer(hs256({})), gateway)).consumer?.username, 'bob');
  });

  it('answers 401, and never fails, whatever is sent for a token', async () => {
    const gateway = gatewayWithBob();
    const config = { cookie_names: ['jwt'], claims_to_verify: ['exp', 'nbf'] };
    const plugin = gateway.configure(jwt, config);
    const signed = fc
      .tuple(fc.json(), fc.json())
      .map(([header, claims]) =>
        [header, claims].map((it) => Buffer.from(it).toString('base64url')),
      )
      .map((parts) => `${parts.join('.')}.AAAA`);
    const withClaims = fc
      .dictionary(fc.constantFrom('iss', 'exp', 'nbf', 'iat', 'aud', '__proto__'), fc.jsonValue())
      .map((claims) => tokenOf('HS256', SECRET, { exp: null, ...claims }));
    const token = fc.oneof(fc.string({ unit: 'binary-ascii' }), signed, withClaims);
    await fc.assert(
      fc.asyncProperty(token, fc.integer({ min: 0, max: 2 }), async (text, place) => {
        fc.pre(!/[\r\n\0]/.test(text));
        const target = `/?jwt=${encodeURIComponent(text)}`;
        const field = place === 1 ? 'cookie' : 'authorization';
        const headers = { [field]: place === 1 ? `jwt=${text}` : `Bearer ${text}` };
        const request = place === 2 ? { target } : { headers };
        const { response } = await gateway.send([plugin], request);
        assert.equal(response.status, 401);
      }),
      { numRuns: 1000 },
    );
    assert.deepEqual(gateway.log, []);
  });
});

describe('where jwt looks for a token', () => {
  const token = hs256({});

  it('are arguments, cookies and fields, as configured', async () => {
    const config = { uri_param_names: ['t'], cookie_names: ['Sid'], header_names: ['x-token'] };
    const places: RequestInit[] = [
      { target: `/?t=${token}` },
      { headers: { cookie: `a=b; sid=${token}; c` } },
      { headers: { 'X-Token': `bearer ${token}` } },
    ];
    for (const request of places) {
      assert.equal(await answerTo(config, request), 'passed');
      assert.equal(await answerTo({}, request), 'Unauthorized');
    }
    assert.equal(await answerTo(config, bearer(token)), 'Unauthorized');
  });

  it('are all of them: the same token twice is one, another is one too many', async () => {
    const other = hs256({ n: 1 });
    const request = (inQuery: string): RequestInit => ({
      ...bearer(token),
      target: `/?jwt=${inQuery}`,
    });
    assert.equal(await answerTo({}, request(token)), 'passed');
    assert.equal(await answerTo({}, request('')), 'passed');
    assert.equal(await answerTo({}, request(other)), 'Multiple tokens provided');
    const twice = { target: `/?jwt=${token}&jwt=${other}` };
    assert.equal(await answerTo({}, twice), 'Multiple tokens provided');
  });

  it('are all lines of a field and all cookies of a name, of which the service could take another', async () => {
    const config = { cookie_names: ['sid'], header_names: ['x-token'] };
    const other = hs256({ n: 1 });
    const lines = (...tokens: string[]): RequestInit => ({
      headers: tokens.map((one) => ['X-Token', `Bearer ${one}`] as const),
    });
    const cookies = (...tokens: string[]): RequestInit => ({
      headers: { cookie: tokens.map((one) => `sid=${one}`).join('; ') },
    });
    for (const withTokens of [lines, cookies]) {
      for (let again = 0; again < 2; again++) {
        assert.equal(await answerTo(config, withTokens(token)), 'passed');
        assert.equal(await answerTo(config, withTokens(token, token)), 'passed');
        assert.equal(await answerTo(config, withTokens(token, other)), 'Multiple tokens provided');
      }
    }
    const alone = { cookie_names: [], header_names: ['x-token'] };
    const gateway = gatewayWithBob();
    const plugin = gateway.configure(jwt, alone);
    assert.equal((await gateway.send([plugin], lines(token))).response.status, 200);
    assert.equal((await gateway.send([plugin], lines(token, other))).response.status, 401);
  });

  it('is no argument without a value', async () => {
    assert.equal(await answerTo({}, { target: '/?jwt' }), 'Unrecognizable token');
  });

  it('is no other scheme', async () => {
    for (const value of [
      'Basic x',
      'Bearer',
      'Bearer ',
      `BEARER ${token}`,
      token,
      `Bearer${token}`,
    ]) {
      assert.equal(
        await answerTo({}, { headers: { authorization: value } }),
        'Unauthorized',
        value,
      );
    }
  });
});

describe('the times of a token', () => {
  const both = { claims_to_verify: ['exp', 'nbf'] };

  it('are not looked at unless it is asked for', async () => {
    assert.equal(await answerTo({}, bearer(hs256({ exp: 1, nbf: 1e12 }))), 'passed');
  });

  it('are told by claim where they are wrong', async () => {
    const cases: [object, unknown][] = [
      [{ exp: SECONDS + 1, nbf: SECONDS }, 'passed'],
      [{ exp: SECONDS, nbf: SECONDS }, { exp: 'token expired' }],
      [{ exp: -1, nbf: 0 }, { exp: 'token expired' }],
      [{ exp: SECONDS + 1, nbf: SECONDS + 1 }, { nbf: 'token not valid yet' }],
      [
        { exp: 1, nbf: 1e12 },
        { nbf: 'token not valid yet', exp: 'token expired' },
      ],
      [{ exp: '4102444800' }, { nbf: 'must be a number', exp: 'must be a number' }],
      [
        { exp: null, nbf: [] },
        { nbf: 'must be a number', exp: 'must be a number' },
      ],
    ];
    for (const [claims, answer] of cases) {
      assert.deepEqual(await answerTo(both, bearer(hs256(claims))), answer, JSON.stringify(claims));
    }
  });

  it('count for a token that passed a moment ago, as all else does', async () => {
    const gateway = gatewayWithBob();
    const by = gateway.configure(jwt, { claims_to_verify: ['exp'] });
    const request = bearer(hs256({ exp: SECONDS + 10 }));
    const statusOf = async (more: RequestInit = {}): Promise<number> =>
      (await gateway.send([by], { ...request, ...more })).response.status;
    for (let i = 0; i < 3; i++) assert.equal(await statusOf(), 200);
    assert.equal(await statusOf({ target: `/?jwt=${hs256({ exp: SECONDS + 20 })}` }), 401);
    gateway.now += 9_999;
    assert.equal(await statusOf(), 200);
    gateway.now += 1;
    assert.equal(await statusOf(), 401);
    gateway.now -= 1;
    gateway.directory.removeCredential(CREDENTIALS, 'key');
    assert.equal(await statusOf(), 401);
  });

  it('count for a token that was verified before, too', async () => {
    const gateway = gatewayWithBob();
    const token = bearer(hs256({ exp: SECONDS + 10 }));
    const config = { claims_to_verify: ['exp'] };
    assert.equal(await answerTo(config, token, gateway), 'passed');
    gateway.now += 10_000;
    assert.deepEqual(await answerTo(config, token, gateway), { exp: 'token expired' });
  });

  it('may be off by the leeway', async () => {
    const token = bearer(hs256({ exp: SECONDS - 9, nbf: SECONDS + 10 }));
    assert.equal(await answerTo({ ...both, leeway: 10 }, token), 'passed');
    assert.notEqual(await answerTo({ ...both, leeway: 9 }, token), 'passed');
  });

  it('may not lie further in the future than maximum_expiration', async () => {
    const config = { claims_to_verify: ['exp'], maximum_expiration: 300 };
    assert.equal(await answerTo(config, bearer(hs256({ exp: SECONDS + 300 }))), 'passed');
    assert.deepEqual(await answerTo(config, bearer(hs256({ exp: SECONDS + 301 }))), {
      exp: 'exceeds maximum allowed expiration',
    });
    assert.throws(
      () => gatewayWithBob().configure(jwt, { ...config, claims_to_verify: ['nbf'] }),
      /claims_to_verify/,
    );
  });

  it('of issue lie in the past, give or take a minute, unless it does not matter', async () => {
    assert.equal(await answerTo({}, bearer(hs256({ iat: SECONDS + 60 }))), 'passed');
    const future = bearer(hs256({ iat: SECONDS + 61 }));
    assert.deepEqual(await answerTo({}, future), { iat: 'token issued in the future' });
    assert.equal(await answerTo({ accept_future_iat: true }, future), 'passed');
  });
});

describe('who a token is from and for', () => {
  it('is held to issuer and audience where they are configured', async () => {
    const config = { issuer: 'key', audience: ['shop', 'till'] };
    assert.equal(await answerTo(config, bearer(hs256({ aud: 'shop' }))), 'passed');
    assert.equal(await answerTo(config, bearer(hs256({ aud: ['x', 'till'] }))), 'passed');
    for (const aud of ['other', ['x'], [], null, 5, [['shop']]]) {
      assert.deepEqual(await answerTo(config, bearer(hs256({ aud }))), {
        aud: 'unexpected audience',
      });
    }
    assert.deepEqual(await answerTo({ issuer: 'other' }, bearer(hs256({}))), {
      iss: 'unexpected issuer',
    });
  });

  it('is not forgotten for a token that passed under another configuration', async () => {
    const gateway = gatewayWithBob();
    const token = bearer(hs256({ aud: 'shop' }));
    assert.equal(await answerTo({ audience: ['shop'] }, token, gateway), 'passed');
    assert.notEqual(await answerTo({ audience: ['till'] }, token, gateway), 'passed');
  });
});

describe('ways around the signature', () => {
  const rsaPem = pemOf(pairs.rsa);
  const withRsa = (): TestGateway =>
    gatewayWithBob({ secret: 'unused', rsa_public_key: rsaPem, algorithm: 'RS256' });

  it('none: a token without signature', async () => {
    const body = Buffer.from('{"iss":"key"}').toString('base64url');
    for (const alg of ['none', 'None', 'NONE', '']) {
      const header = Buffer.from(JSON.stringify({ alg })).toString('base64url');
      for (const signature of ['', 'AAAA']) {
        const token = `${header}.${body}.${signature}`;
        assert.equal(await answerTo({}, bearer(token)), 'Bad token; invalid alg');
      }
    }
  });

  it('alg confusion: a public key taken for a secret', async () => {
    for (const secret of [rsaPem, rsaPem.trim(), 'unused']) {
      const token = tokenOf('HS256', secret, { iss: 'key' });
      assert.equal(await answerTo({}, bearer(token), withRsa()), 'Invalid algorithm');
    }
  });

  it('alg confusion: another algorithm of the same key', async () => {
    for (const algorithm of ['PS256', 'RS384'] as const) {
      const token = tokenOf(algorithm, pairs.rsa.privateKey, { iss: 'key' });
      assert.equal(await answerTo({}, bearer(token), withRsa()), 'Invalid algorithm');
    }
  });

  it('key confusion: a credential whose key is of another kind', async () => {
    const cases: [Algorithm, keyof typeof pairs][] = [
      ['RS256', 'p256'],
      ['ES256', 'rsa'],
      ['ES256', 'p384'],
      ['EdDSA', 'rsa'],
      ['PS256', 'ed25519'],
    ];
    for (const [algorithm, kind] of cases) {
      const gateway = gatewayWithBob({ algorithm, rsa_public_key: pemOf(pairs[kind]) });
      const token = tokenOf(algorithm, pairFor(algorithm).privateKey, { iss: 'key' });
      assert.equal(await answerTo({}, bearer(token), gateway), 'Invalid key/secret');
    }
    const none = gatewayWithBob({ algorithm: 'RS256' });
    const token = tokenOf('RS256', pairs.rsa.privateKey, { iss: 'key' });
    assert.equal(await answerTo({}, bearer(token), none), 'Invalid key/secret');
  });

  it('keys that the token brings along', async () => {
    const jwk = pairs.p256.publicKey.export({ format: 'jwk' });
    const header = { jwk, jku: 'http://127.0.0.1:1/jwks', x5u: 'http://127.0.0.1:1', x5c: ['AA'] };
    const token = tokenOf('ES256', pairs.p256.privateKey, { iss: 'key' }, header);
    const gateway = gatewayWithBob({ algorithm: 'ES256', rsa_public_key: rsaPem });
    assert.equal(await answerTo({}, bearer(token), gateway), 'Invalid key/secret');
  });

  it('critical headers that nobody understands', async () => {
    const token = hs256({}, { crit: ['b64'], b64: false });
    assert.equal(await answerTo({}, bearer(token)), 'Bad token; unknown critical header');
  });

  it('the key of one consumer under the name of another', async () => {
    const gateway = gatewayWithBob();
    const eve = gateway.directory.addConsumer({ username: 'eve' });
    gateway.directory.addCredential(CREDENTIALS, 'eve', eve, { secret: 'eves' });
    const token = tokenOf('HS256', 'eves', { iss: 'key' });
    assert.equal(await answerTo({}, bearer(token), gateway), 'Invalid signature');
  });

  it('a token of a credential that has changed or is gone', async () => {
    const gateway = gatewayWithBob();
    const token = bearer(hs256({}));
    const bob = gateway.directory.consumerByIdOrName('bob')!;
    assert.equal(await answerTo({}, token, gateway), 'passed');
    gateway.directory.addCredential(CREDENTIALS, 'key', bob, { secret: 'new' });
    assert.equal(await answerTo({}, token, gateway), 'Invalid signature');
    gateway.directory.removeCredential(CREDENTIALS, 'key');
    assert.equal(await answerTo({}, token, gateway), "No credentials found for given 'iss'");
  });
});
