import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { authenticatedGroups } from '../../plugin/authentication.ts';
import { pairs, pemOf, tokenOf } from '../../plugin/jose/testing/tokens.ts';
import { TestIssuer } from '../../plugin/jose/testing/issuer.ts';
import { TestGateway, type Configured } from '../../plugin/testing/test-gateway.ts';
import type { TestExchange } from '../../plugin/testing/test-exchange.ts';
import { jwt } from './plugin.ts';

const NOW = Date.UTC(2030, 0, 15, 12);
const ISSUER = 'https://id.test';
const claims = { iss: ISSUER, sub: 'ada', exp: NOW / 1000 + 600 };

const rs256 = (more: object = {}, header: object = { kid: 'one' }): string =>
  tokenOf('RS256', pairs.rsa.privateKey, { ...claims, ...more }, header);

describe('jwt with a key set', () => {
  let issuer: TestIssuer;
  let gateway: TestGateway;
  let configured: Configured[] = [];

  beforeEach(async () => {
    issuer = await TestIssuer.start({ one: pairs.rsa.publicKey });
    gateway = new TestGateway({ now: NOW });
    gateway.directory.addConsumer({ username: 'ada', custom_id: 'a-1' });
  });
  afterEach(async () => {
    for (const { handlers } of configured) handlers.dispose?.();
    configured = [];
    await issuer.stop();
  });

  function plugin(config: object = {}): Configured {
    const one = gateway.configure(jwt, { issuer: ISSUER, jwks_uri: issuer.uri, ...config });
    configured.push(one);
    return one;
  }

  function send(token: string, by = plugin()): Promise<TestExchange> {
    return gateway.send([by], { headers: { authorization: `Bearer ${token}` } });
  }

  async function answerTo(token: string, by?: Configured): Promise<unknown> {
    const { response } = await send(token, by);
    if (response.status === 200) return 'passed';
    assert.equal(response.status, 401);
    const body = response.json as { message?: string };
    return body.message ?? body;
  }

  it('knows consumers by a claim', async () => {
    const { consumer, credential, upstreamRequest } = await send(rs256());
    assert.equal(consumer?.username, 'ada');
    assert.equal(credential?.id, `${ISSUER} ada`);
    assert.equal(upstreamRequest?.headers.first('x-credential-identifier'), 'ada');
    const by = plugin({ consumer_claim: 'uid', consumer_by: ['custom_id'] });
    assert.equal((await send(rs256({ uid: 'a-1' }), by)).consumer?.username, 'ada');
    assert.equal(
      await answerTo(rs256({ uid: 'ada' }), by),
      "Could not find consumer for 'uid=ada'",
    );
    assert.equal(await answerTo(rs256(), by), "No mandatory 'uid' in claims");
  });

  it('takes an id for a name only where it is told to', async () => {
    const { id } = gateway.directory.consumerByIdOrName('ada')!;
    assert.notEqual(await answerTo(rs256({ sub: id })), 'passed');
    assert.equal(await answerTo(rs256({ sub: id }), plugin({ consumer_by: ['id'] })), 'passed');
  });

  it('passes tokens that name no consumer where it is told to', async () => {
    const by = plugin({ consumer_optional: true });
    const ex = await send(rs256({ sub: 'eve' }), by);
    assert.equal(ex.response.status, 200);
    assert.equal(ex.consumer, null);
    assert.equal(ex.credential?.id, `${ISSUER} eve`);
  });

  it('tells acl the groups of a token', async () => {
    const by = plugin({ groups_claim: 'roles' });
    const groupsOf = async (roles: unknown): Promise<unknown> =>
      authenticatedGroups(await send(rs256({ roles }), by));
    assert.deepEqual(await groupsOf(['a', 5, 'b', '']), ['a', 'b']);
    assert.deepEqual(await groupsOf('a  b'), ['a', 'b']);
    assert.deepEqual(await groupsOf({ a: 1 }), []);
  });

  it('reads the key set once, and again for a key that it does not know', async () => {
    assert.equal(await answerTo(rs256()), 'passed');
    assert.equal(await answerTo(rs256()), 'passed');
    assert.equal(issuer.asked, 1);
    issuer.publish({ one: pairs.rsa.publicKey, two: pairs.p256.publicKey });
    gateway.now += 10_000;
    const rotated = tokenOf('ES256', pairs.p256.privateKey, claims, { kid: 'two' });
    assert.equal(await answerTo(rotated), 'passed');
    assert.equal(issuer.asked, 2);
  });

  it('does not ask again and again for keys that nobody has', async () => {
    for (let i = 0; i < 50; i++) {
      assert.equal(await answerTo(rs256({}, { kid: `made up ${i}` })), 'Invalid signature');
    }
    assert.equal(issuer.asked, 1);
  });

  it('refuses tokens of a key that the issuer has taken back, also those verified before', async () => {
    const by = plugin({ jwks_ttl: 10 });
    assert.equal(await answerTo(rs256(), by), 'passed');
    issuer.publish({ two: pairs.p256.publicKey });
    gateway.now += 10_000;
    await answerTo(rs256(), by);
    while ((await answerTo(rs256(), by)) === 'passed') await new Promise(setImmediate);
    assert.equal(await answerTo(rs256(), by), 'Invalid signature');
  });

  it('answers 503 as long as there are no keys, and does not make others anonymous', async () => {
    await issuer.stop();
    gateway.directory.addConsumer({ username: 'guest' });
    const ex = await send(rs256(), plugin({ anonymous: 'guest' }));
    assert.equal(ex.response.status, 503);
    assert.equal(ex.response.header('retry-after'), '5');
    assert.equal(gateway.log.length, 1);
    assert.match(gateway.log[0]?.message ?? '', /key set cannot be read/);
  });

  it('goes on with the keys that it has while the issuer is away', async () => {
    const by = plugin({ jwks_ttl: 10, jwks_max_age: 100 });
    assert.equal(await answerTo(rs256(), by), 'passed');
    await issuer.stop();
    gateway.now += 99_000;
    assert.equal(await answerTo(rs256({ n: 1 }), by), 'passed');
    gateway.now += 1_000;
    assert.equal((await send(rs256(), by)).response.status, 503);
  });

  it('wants exp to be there and right, and nbf right where it is there', async () => {
    const seconds = NOW / 1000;
    assert.deepEqual(await answerTo(rs256({ exp: undefined })), { exp: 'must be a number' });
    assert.deepEqual(await answerTo(rs256({ exp: seconds })), { exp: 'token expired' });
    assert.deepEqual(await answerTo(rs256({ nbf: seconds + 1 })), { nbf: 'token not valid yet' });
    assert.deepEqual(await answerTo(rs256({ nbf: 'x' })), { nbf: 'must be a number' });
    assert.equal(await answerTo(rs256({ nbf: seconds })), 'passed');
  });

  it('holds tokens to the audience', async () => {
    const by = plugin({ audience: ['shop'] });
    assert.equal(await answerTo(rs256({ aud: ['shop'] }), by), 'passed');
    assert.deepEqual(await answerTo(rs256({ aud: 'other' }), by), { aud: 'unexpected audience' });
  });

  it('refuses other issuers, unless credentials may pass', async () => {
    const consumer = gateway.directory.addConsumer({ username: 'own' });
    gateway.directory.addCredential('jwt_secrets', 'own', consumer, { secret: 's' });
    const own = tokenOf('HS256', 's', { iss: 'own' });
    assert.deepEqual(await answerTo(own), { iss: 'unexpected issuer' });
    const both = plugin({ accept_credentials: true });
    assert.equal((await send(own, both)).consumer?.username, 'own');
    assert.equal((await send(rs256(), both)).consumer?.username, 'ada');
  });

  it('verifies tokens of the issuer with its keys alone, whoever has a credential of its name', async () => {
    const eve = gateway.directory.addConsumer({ username: 'eve' });
    gateway.directory.addCredential('jwt_secrets', ISSUER, eve, { secret: 'eves' });
    const both = plugin({ accept_credentials: true });
    const forged = tokenOf('HS256', 'eves', claims, { kid: 'one' });
    assert.equal(await answerTo(forged, both), 'Invalid algorithm');
  });

  it('refuses secrets, other algorithms of a key and ids that are no texts', async () => {
    const pem = pemOf(pairs.rsa);
    assert.equal(
      await answerTo(tokenOf('HS256', pem, claims, { kid: 'one' })),
      'Invalid algorithm',
    );
    const only = plugin({ jwks_algorithms: ['ES256'] });
    assert.equal(await answerTo(rs256(), only), 'Invalid algorithm');
    for (const kid of [5, ['one'], {}, null]) {
      const answer = await answerTo(rs256({}, { kid }));
      assert.equal(answer, kid === null ? 'passed' : 'Invalid signature');
    }
    const other = tokenOf('RS256', pairs.rsa.privateKey, { ...claims, sub: 'ada' }, { kid: 'one' });
    const forged = `${other.split('.', 2).join('.')}.${'A'.repeat(342)}`;
    assert.equal(await answerTo(forged), 'Invalid signature');
  });

  it('needs to know whose keys they are', () => {
    const configure = (config: object) => () => gateway.configure(jwt, config);
    assert.throws(configure({ jwks_uri: issuer.uri }), /config\.issuer: required with jwks_uri/);
    assert.throws(
      configure({ issuer: ISSUER, jwks_uri: issuer.uri, jwks_ttl: 100, jwks_max_age: 50 }),
      /config\.jwks_max_age: must not be less/,
    );
    assert.throws(configure({ issuer: ISSUER, jwks_uri: 'nowhere' }), /config\.jwks_uri/);
    assert.throws(configure({ issuer: ISSUER, jwks_uri: 'ftp://keys' }), /config\.jwks_uri/);
  });
});
