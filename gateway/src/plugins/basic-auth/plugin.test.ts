import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { hashPassword, hashPasswordOfFile } from '../../entities/password.ts';
import type { CredentialInfo } from '../../plugin/plugin.ts';
import { TestGateway } from '../../plugin/testing/test-gateway.ts';
import type { RequestInit } from '../../plugin/testing/test-request.ts';
import { basicAuth } from './plugin.ts';
import { costOf } from '../../plugin/testing/growth.ts';

const CREDENTIALS = 'basicauth_credentials';
const BOB = '096259cd-a6d5-4059-ac57-a403b27d3728';
/** One for all tests, since it takes a while by intention. */
const secretHash = await hashPassword('secret');

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
const bob = basic('bob:secret');
const as = (authorization: string): RequestInit => ({ headers: { authorization } });

function addBob(gateway: TestGateway, password = secretHash): CredentialInfo {
  const consumer =
    gateway.directory.consumer(BOB) ??
    gateway.directory.addConsumer({ id: BOB, username: 'bob', custom_id: 'b-1' });
  return gateway.directory.addCredential(CREDENTIALS, 'bob', consumer, { password });
}

function gatewayWithBob(password?: string): TestGateway {
  const gateway = new TestGateway();
  addBob(gateway, password);
  return gateway;
}

async function send(
  config: object,
  request: RequestInit,
  gateway = gatewayWithBob(),
): ReturnType<TestGateway['send']> {
  return gateway.send([gateway.configure(basicAuth, config)], request);
}

describe('basic-auth', () => {
  it('tells the service whose password it was', async () => {
    const { upstreamRequest, credential } = await send({}, as(bob));
    const headers = upstreamRequest?.headers;
    assert.equal(headers?.first('x-consumer-id'), BOB);
    assert.equal(headers?.first('x-consumer-username'), 'bob');
    assert.equal(headers?.first('x-credential-identifier'), 'bob');
    assert.equal(headers?.first('authorization'), bob);
    assert.equal(credential?.consumerId, BOB);
  });

  it('names users beyond ASCII in UTF-8', async () => {
    const gateway = new TestGateway();
    const consumer = gateway.directory.addConsumer({ username: 'u' });
    const fields = { password: await hashPassword('pässword') };
    gateway.directory.addCredential(CREDENTIALS, 'úser', consumer, fields);
    const ex = await send({}, as(basic('úser:pässword')), gateway);
    const identifier = ex.upstreamRequest?.headers.first('x-credential-identifier') ?? '';
    assert.equal(Buffer.from(identifier, 'latin1').toString(), 'úser');
  });

  it('answers 401 to whatever is not the name and the password of somebody', async () => {
    const requests: RequestInit[] = [
      {},
      as(basic('bob:wrong')),
      as(basic('Bob:secret')),
      as(basic('nobody:secret')),
      as(basic('bob:')),
      as(basic('bob')),
      as('Basic'),
      as('Bearer x'),
    ];
    for (const request of requests) {
      // Twice: what was refused is remembered.
      for (let i = 0; i < 2; i++) {
        const { response, upstreamRequest, answeredBy } = await send({}, request);
        assert.equal(response.status, 401);
        assert.match(response.body, /"message":"Unauthorized"/);
        assert.equal(response.header('www-authenticate'), 'Basic realm="service"');
        assert.equal(answeredBy, 'error');
        assert.equal(upstreamRequest, null);
      }
    }
  });

  it('names the realm', async () => {
    const { response } = await send({ realm: 'secret zone' }, {});
    assert.equal(response.header('www-authenticate'), 'Basic realm="secret zone"');
  });

  it('answers 401 to the password of a consumer that is gone', async () => {
    const gateway = gatewayWithBob();
    gateway.directory.removeConsumer(gateway.directory.consumer(BOB)!);
    assert.equal((await send({}, as(bob), gateway)).response.status, 401);
  });

  it('answers 401, and never fails, whatever the field holds', async () => {
    const gateway = gatewayWithBob(hashPasswordOfFile('secret', 'id'));
    const plugin = gateway.configure(basicAuth);
    const value = fc.oneof(
      fc.string({ unit: 'binary-ascii' }),
      fc.base64String().map((text) => `Basic ${text}`),
      fc.string({ unit: 'grapheme' }).map((text) => basic(`bob:${text}`)),
      fc.string({ unit: 'grapheme' }).map((text) => basic(`${text}:secret`)),
    );
    await fc.assert(
      fc.asyncProperty(value, fc.boolean(), async (text, forProxy) => {
        const name = forProxy ? 'proxy-authorization' : 'authorization';
        fc.pre(!/[\r\n\0]/.test(text) && text !== bob);
        const { response } = await gateway.send([plugin], { headers: { [name]: text } });
        assert.equal(response.status, 401);
      }),
      { numRuns: 500 },
    );
    assert.deepEqual(gateway.log, []);
  });
});

describe('passwords that basic-auth compares', () => {
  it('may come from Kong', async () => {
    const kong = createHash('sha1').update(`secret${BOB}`).digest('hex');
    assert.equal((await send({}, as(bob), gatewayWithBob(kong))).response.status, 200);
    const others = createHash('sha1').update('secret').digest('hex');
    assert.equal((await send({}, as(bob), gatewayWithBob(others))).response.status, 401);
  });

  it('may come from a file', async () => {
    const quick = hashPasswordOfFile('secret', 'any');
    assert.equal((await send({}, as(bob), gatewayWithBob(quick))).response.status, 200);
  });

  it('are compared once, and then known without waiting', async () => {
    const gateway = gatewayWithBob();
    const { plugin, handlers } = gateway.configure(basicAuth);
    const waited: boolean[] = [];
    const access: typeof handlers.access = (ex) => {
      const result = handlers.access?.(ex);
      waited.push(result instanceof Promise);
      return result;
    };
    for (let i = 0; i < 2; i++) await gateway.send([{ plugin, handlers: { access } }], as(bob));
    assert.deepEqual(waited, [true, false]);
  });

  it('are no longer known once the credential has changed or is gone', async () => {
    const gateway = gatewayWithBob();
    const status = async (): Promise<number> => (await send({}, as(bob), gateway)).response.status;
    assert.equal(await status(), 200);
    addBob(gateway, await hashPassword('another'));
    assert.equal(await status(), 401);
    addBob(gateway, await hashPassword('secret'));
    assert.equal(await status(), 200);
    gateway.directory.removeCredential(CREDENTIALS, 'bob');
    assert.equal(await status(), 401);
    addBob(gateway);
    assert.equal(await status(), 200);
  });

  it('prove nothing when the credential changes while they are compared', async () => {
    const gateway = gatewayWithBob();
    const another = await hashPassword('another');
    const pending = send({}, as(bob), gateway);
    await setImmediate();
    addBob(gateway, another);
    assert.equal((await pending).response.status, 401);
    assert.equal((await send({}, as(bob), gateway)).response.status, 401);
  });

  it('cost about as much for a name that nobody has as for one that somebody has', async () => {
    const gateway = gatewayWithBob();
    const plugin = gateway.configure(basicAuth);
    let guesses = 0;
    const costFor = (name: string): Promise<number> =>
      costOf(() => gateway.send([plugin], as(basic(`${name}:guess ${guesses++}`))));
    await gateway.send([plugin], as(bob));
    const [known, unknown] = [await costFor('bob'), await costFor('nobody')];
    // Without the comparison it would be a hundredth.
    assert.ok(unknown > known / 4, `${unknown} µs for nobody, ${known} µs for bob`);
  });
});

describe('basic-auth with more passwords than it can compare', () => {
  it('answers 503 to those who ask too much, and goes on with others', async () => {
    const gateway = gatewayWithBob();
    gateway.directory.addConsumer({ username: 'guest' });
    const plugin = gateway.configure(basicAuth, { anonymous: 'guest' });
    const greedy = Array.from({ length: 40 }, (_, i) =>
      gateway.send([plugin], { ...as(basic(`bob:guess ${i}`)), clientIp: '192.0.2.1' }),
    );
    const modest = gateway.send([plugin], { ...as(bob), clientIp: '192.0.2.2' });
    const statuses = (await Promise.all(greedy)).map(({ response }) => response);
    const refused = statuses.filter(({ status }) => status === 503);
    assert.equal(refused.length, 40 - 16);
    assert.equal(refused[0]?.header('retry-after'), '1');
    assert.equal((await modest).consumer?.username, 'bob');
  });

  it('does not make the event loop wait', async () => {
    const gateway = gatewayWithBob();
    const plugin = gateway.configure(basicAuth);
    let turns = 0;
    const turn = setInterval(() => turns++, 1);
    const guesses = Array.from({ length: 10 }, (_, i) =>
      gateway.send([plugin], as(basic(`bob:${i}`))),
    );
    await Promise.all(guesses);
    clearInterval(turn);
    assert.ok(turns >= 10, `${turns} turns`);
  });
});

describe('basic-auth with Proxy-Authorization', () => {
  const both = (forProxy: string, authorization: string): RequestInit => ({
    headers: { 'proxy-authorization': forProxy, authorization },
  });

  it('looks there first', async () => {
    const status = async (request: RequestInit): Promise<number> =>
      (await send({}, request)).response.status;
    assert.equal(await status({ headers: { 'proxy-authorization': bob } }), 200);
    assert.equal(await status(both(bob, basic('bob:wrong'))), 200);
    assert.equal(await status(both(basic('bob:wrong'), bob)), 401);
  });

  it('refuses it twice, since the service could take the other line', async () => {
    const headers: [string, string][] = [
      ['proxy-authorization', bob],
      ['proxy-authorization', basic('eve:x')],
    ];
    assert.equal((await send({}, { headers })).response.status, 401);
  });

  it('goes on to Authorization where it names nobody', async () => {
    assert.equal((await send({}, both(basic('nobody:x'), bob))).response.status, 200);
    assert.equal((await send({}, both('Bearer x', bob))).response.status, 200);
  });
});

describe('basic-auth with hide_credentials', () => {
  it('removes what it looked at', async () => {
    const headers = { authorization: bob, 'proxy-authorization': basic('nobody:x') };
    const { upstreamRequest } = await send({ hide_credentials: true }, { headers });
    assert.equal(upstreamRequest?.headers.first('authorization'), undefined);
    assert.equal(upstreamRequest?.headers.first('proxy-authorization'), undefined);
  });

  it('removes wrong credentials before an anonymous request goes on', async () => {
    const gateway = gatewayWithBob();
    gateway.directory.addConsumer({ username: 'guest' });
    const config = { hide_credentials: true, anonymous: 'guest' };
    const ex = await send(config, as(basic('bob:wrong')), gateway);
    assert.equal(ex.consumer?.username, 'guest');
    assert.equal(ex.upstreamRequest?.headers.first('authorization'), undefined);
  });
});
