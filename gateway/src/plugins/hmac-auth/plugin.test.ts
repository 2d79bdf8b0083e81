import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { TestGateway } from '../../plugin/testing/test-gateway.ts';
import type { RequestInit } from '../../plugin/testing/test-request.ts';
import { hmacAuth } from './plugin.ts';
import { assertLinear } from '../../plugin/testing/growth.ts';

const NOW = Date.UTC(2030, 0, 15, 12);
const SECRET = 'hmac-secret';
const CREDENTIALS = 'hmacauth_credentials';
const DATE = 'Tue, 15 Jan 2030 12:00:00 GMT';

const dateAt = (seconds: number): string => new Date(NOW + seconds * 1000).toUTCString();
const digestOf = (body: string): string =>
  `SHA-256=${createHash('sha256').update(body).digest('base64')}`;

/** The field of a client that signs lines. */
function signed(
  headers: string,
  lines: readonly string[],
  { algorithm = 'hmac-sha256', secret = SECRET, username = 'bob' } = {},
): string {
  const hash = algorithm.replace('hmac-', '');
  const signature = createHmac(hash, secret).update(lines.join('\n')).digest('base64');
  return `hmac username="${username}", algorithm="${algorithm}", headers="${headers}", signature="${signature}"`;
}

const authorization = signed('date', [`date: ${DATE}`]);
const good: RequestInit = { headers: { Date: DATE, authorization } };

function gatewayWithBob(): TestGateway {
  const gateway = new TestGateway({ now: NOW });
  const bob = gateway.directory.addConsumer({ username: 'bob', custom_id: 'b-1' });
  gateway.directory.addCredential(CREDENTIALS, 'bob', bob, { secret: SECRET });
  return gateway;
}

function send(
  config: object,
  request: RequestInit,
  gateway = gatewayWithBob(),
): ReturnType<TestGateway['send']> {
  return gateway.send([gateway.configure(hmacAuth, config)], request);
}

async function messageOf(config: object, request: RequestInit): Promise<string> {
  const { response } = await send(config, request);
  if (response.status === 200) return 'passed';
  assert.equal(response.status, 401);
  return (response.json as { message: string }).message;
}

const INVALID = 'HMAC signature cannot be verified';
const UNDATED = `${INVALID}, a valid date or x-date header is required for HMAC Authentication`;
const DIFFERENT = 'HMAC signature does not match';

describe('hmac-auth', () => {
  it('tells the service who has signed', async () => {
    const { upstreamRequest } = await send({}, good);
    const headers = upstreamRequest?.headers;
    assert.equal(headers?.first('x-consumer-username'), 'bob');
    assert.equal(headers?.first('x-credential-identifier'), 'bob');
    assert.equal(headers?.first('authorization'), authorization);
  });

  for (const algorithm of ['hmac-sha1', 'hmac-sha256', 'hmac-sha384', 'hmac-sha512']) {
    it(`knows ${algorithm}`, async () => {
      const field = signed('date', [`date: ${DATE}`], { algorithm });
      const request = { headers: { Date: DATE, authorization: field } };
      assert.equal(await messageOf({}, request), 'passed');
      assert.equal(await messageOf({ algorithms: [algorithm] }, request), 'passed');
      const others = ['hmac-sha1', 'hmac-sha256', 'hmac-sha384', 'hmac-sha512'].filter(
        (it) => it !== algorithm,
      );
      assert.equal(await messageOf({ algorithms: others }, request), INVALID);
    });
  }

  it('says what is missing', async () => {
    assert.equal(await messageOf({}, {}), 'Unauthorized');
    assert.equal(await messageOf({}, { headers: { authorization } }), UNDATED);
    assert.equal(
      await messageOf({}, { headers: { Date: DATE, authorization: 'hmac garbage' } }),
      INVALID,
    );
    const response = (await send({ realm: 'r1' }, {})).response;
    assert.equal(response.header('www-authenticate'), 'hmac realm="r1"');
  });

  it('refuses what somebody else or nobody has signed', async () => {
    const by = (more: object): RequestInit => ({
      headers: { Date: DATE, authorization: signed('date', [`date: ${DATE}`], more) },
    });
    assert.equal(await messageOf({}, by({ secret: 'wrong' })), DIFFERENT);
    assert.equal(await messageOf({}, by({ username: 'nobody' })), INVALID);
  });

  it('answers 401 to the signature of a consumer that is gone', async () => {
    const gateway = gatewayWithBob();
    gateway.directory.removeConsumer(gateway.directory.consumerByIdOrName('bob')!);
    assert.equal((await send({}, good, gateway)).response.status, 401);
  });

  it('refuses an algorithm that it does not know, whatever the configuration', async () => {
    const field = authorization.replace('hmac-sha256', 'hmac-md5');
    const request = { headers: { Date: DATE, authorization: field } };
    assert.equal(await messageOf({}, request), INVALID);
  });

  it('compares signatures as bytes of the right number', async () => {
    for (const signature of ['AAAA', '=', '*', 'A'.repeat(44), 'A'.repeat(4000)]) {
      const field = authorization.replace(/signature=".*"/, `signature="${signature}"`);
      const request = { headers: { Date: DATE, authorization: field } };
      assert.equal(await messageOf({}, request), DIFFERENT);
    }
  });

  it('looks at Proxy-Authorization first, unless it holds no signature', async () => {
    const headers = { Date: DATE, 'proxy-authorization': authorization };
    assert.equal(await messageOf({}, { headers }), 'passed');
    const wrong = signed('date', [`date: ${DATE}`], { secret: 'wrong' });
    const both = (forProxy: string): RequestInit => ({
      headers: { Date: DATE, 'proxy-authorization': forProxy, authorization },
    });
    assert.equal(await messageOf({}, both(wrong)), DIFFERENT);
    assert.equal(await messageOf({}, both('Basic Ym9i')), 'passed');
  });

  it('refuses Proxy-Authorization twice, of which the service could take the other line', async () => {
    const headers: [string, string][] = [
      ['Date', DATE],
      ['Proxy-Authorization', authorization],
      ['Proxy-Authorization', authorization],
    ];
    assert.equal(await messageOf({}, { headers }), INVALID);
  });

  it('removes the signature where it is told to', async () => {
    const { upstreamRequest } = await send({ hide_credentials: true }, good);
    assert.equal(upstreamRequest?.headers.first('authorization'), undefined);
  });

  it('goes on as the anonymous consumer without a valid signature', async () => {
    const gateway = gatewayWithBob();
    gateway.directory.addConsumer({ username: 'guest' });
    const config = { anonymous: 'guest' };
    const bad = { headers: { Date: DATE, authorization: 'hmac x' } };
    assert.equal((await send(config, bad, gateway)).consumer?.username, 'guest');
    assert.equal((await send(config, good, gateway)).consumer?.username, 'bob');
  });

  it('answers 401, and never fails, whatever the fields hold', async () => {
    const gateway = gatewayWithBob();
    const plugin = gateway.configure(hmacAuth, { validate_request_body: true });
    const text = fc.string({ unit: 'binary-ascii' });
    const value = fc.oneof(
      text,
      text.map((it) => `hmac ${it}`),
      fc
        .tuple(text, text, text, text)
        .map(
          ([user, algorithm, names, signature]) =>
            `hmac username="${user}", algorithm="${algorithm}", headers="${names}", signature="${signature}"`,
        ),
      fc
        .tuple(text, fc.base64String())
        .map(
          ([names, signature]) =>
            `hmac username="bob", algorithm="hmac-sha256", headers="${names}", signature="${signature}"`,
        ),
    );
    await fc.assert(
      fc.asyncProperty(value, text, fc.string(), async (field, digest, body) => {
        fc.pre(!/[\r\n\0]/.test(field + digest));
        const headers = { Date: DATE, authorization: field, digest };
        const { response } = await gateway.send([plugin], { headers, body });
        assert.equal(response.status, 401);
      }),
      { numRuns: 1000 },
    );
    assert.deepEqual(gateway.log, []);
  });

  it('reads a hostile field in a time that grows with its length alone', async () => {
    await assertLinear(2000, async (size) => {
      const field = `hmac ${'username="a", '.repeat(size)}algorithm="`;
      assert.equal(await messageOf({}, { headers: { Date: DATE, authorization: field } }), INVALID);
    });
  });
});

describe('what hmac-auth takes as signed', () => {
  it('are fields in the order that the client names, and the request line', async () => {
    const field = signed('date request-line x-z @request-target', [
      `date: ${DATE}`,
      'GET /a/b?q=1 HTTP/1.1',
      'x-z: 1',
      '@request-target: get /a/b?q=1',
    ]);
    const request = (target: string, z: string): RequestInit => ({
      target,
      headers: { Date: DATE, 'X-Z': z, authorization: field },
    });
    assert.equal(await messageOf({}, request('/a/b?q=1', '1')), 'passed');
    assert.equal(await messageOf({}, request('/a/b?q=2', '1')), DIFFERENT);
    assert.equal(await messageOf({}, request('/a/b', '1')), DIFFERENT);
    assert.equal(await messageOf({}, request('/a/b?q=1', '2')), DIFFERENT);
    assert.equal(await messageOf({}, { ...request('/a/b?q=1', '1'), method: 'PUT' }), DIFFERENT);
  });

  it('are all lines of a field, so that none can be added', async () => {
    const field = signed('date x-z', [`date: ${DATE}`, 'x-z: 1']);
    const request = (...values: string[]): RequestInit => ({
      headers: [
        ['Date', DATE],
        ['authorization', field],
        ...values.map((value): [string, string] => ['X-Z', value]),
      ],
    });
    assert.equal(await messageOf({}, request('1')), 'passed');
    assert.equal(await messageOf({}, request('1', '2')), DIFFERENT);
  });

  it('is the absence of a field too', async () => {
    const field = signed('date x-z', [`date: ${DATE}`, 'x-z:']);
    const headers = { Date: DATE, authorization: field };
    assert.equal(await messageOf({}, { headers }), 'passed');
    assert.equal(await messageOf({}, { headers: { ...headers, 'X-Z': '' } }), DIFFERENT);
  });

  it('must be what enforce_headers names', async () => {
    const config = { enforce_headers: ['date', 'Host'] };
    assert.equal(await messageOf(config, good), INVALID);
    const field = signed('date host', [`date: ${DATE}`, 'host: gateway.test']);
    const request = { headers: { Date: DATE, authorization: field } };
    assert.equal(await messageOf(config, request), 'passed');
  });

  it('may leave the query out only with accept_path_only', async () => {
    const field = signed('date request-line', [`date: ${DATE}`, 'GET /a HTTP/1.1']);
    const request = { target: '/a?q=1', headers: { Date: DATE, authorization: field } };
    assert.equal(await messageOf({}, request), DIFFERENT);
    assert.equal(await messageOf({ accept_path_only: true }, request), 'passed');
  });
});

describe('the date of a signed request', () => {
  const at = (seconds: number, name = 'date'): RequestInit => {
    const date = dateAt(seconds);
    return { headers: { [name]: date, authorization: signed(name, [`${name}: ${date}`]) } };
  };

  it('may be as far from the present as clock_skew says, on either side', async () => {
    for (const seconds of [-300, -1, 0, 300]) {
      assert.equal(await messageOf({}, at(seconds)), 'passed');
      assert.equal(await messageOf({}, at(seconds, 'x-date')), 'passed');
    }
    for (const seconds of [-301, 301]) assert.equal(await messageOf({}, at(seconds)), UNDATED);
    assert.equal(await messageOf({ clock_skew: 30 }, at(31)), UNDATED);
  });

  it('must be a date', async () => {
    for (const date of ['not a date', '', '2030-01-15T12:00:00Z', String(NOW / 1000)]) {
      const field = signed('date', [`date: ${date}`]);
      assert.equal(await messageOf({}, { headers: { date, authorization: field } }), UNDATED);
    }
  });

  it('must be signed, so that an old request cannot be given a new one', async () => {
    const field = signed('host', ['host: gateway.test']);
    const request = { headers: { Date: DATE, authorization: field } };
    assert.equal(await messageOf({}, request), INVALID);
    assert.equal(await messageOf({ accept_unsigned: true }, request), 'passed');
    const old = dateAt(-10_000);
    const headers = { date: old, 'x-date': DATE, authorization: signed('date', [`date: ${old}`]) };
    assert.equal(await messageOf({}, { headers }), INVALID);
  });
});

describe('hmac-auth with validate_request_body', () => {
  const config = { validate_request_body: true };
  const post = (body: string, digest: string | null, isSigned = true): RequestInit => {
    const lines = [`date: ${DATE}`, ...(isSigned ? [`digest: ${digest ?? ''}`] : [])];
    const field = signed(isSigned ? 'date digest' : 'date', lines);
    const headers = {
      Date: DATE,
      authorization: field,
      ...(digest === null ? {} : { Digest: digest }),
    };
    return { method: 'POST', headers, body };
  };

  it('passes a body with its digest, and nothing without a body', async () => {
    assert.equal(await messageOf(config, post('hello', digestOf('hello'))), 'passed');
    assert.equal(await messageOf(config, post('', null, false)), 'passed');
    assert.equal(await messageOf(config, post('', digestOf(''))), 'passed');
  });

  it('refuses another body, another digest and none', async () => {
    assert.equal(await messageOf(config, post('hello', digestOf('other'))), DIFFERENT);
    assert.equal(await messageOf(config, post('hello', 'MD5=XUFAKrxLKna5cZ2REBfFkg==')), DIFFERENT);
    assert.equal(await messageOf(config, post('hello', null, false)), DIFFERENT);
    assert.equal(await messageOf(config, post('', digestOf('hello'))), DIFFERENT);
  });

  it('refuses a digest that is not signed, unless it is told to take it', async () => {
    const request = post('hello', digestOf('hello'), false);
    assert.equal(await messageOf(config, request), DIFFERENT);
    assert.equal(await messageOf({ ...config, accept_unsigned: true }, request), 'passed');
  });

  it('does not read a body whose signature is wrong already', async () => {
    const request = post('hello', digestOf('hello'));
    const headers = { ...request.headers, Date: dateAt(1) };
    const ex = await send(config, { ...request, headers });
    assert.equal(ex.response.status, 401);
    assert.equal(ex.request.bodyReads, 0);
  });

  it('answers 413 to a body that is longer than it reads', async () => {
    const ex = await send({ ...config, max_body_size: 4 }, post('hello', digestOf('hello')));
    assert.equal(ex.response.status, 413);
  });
});

describe('hmac-auth with reject_replays', () => {
  const config = { reject_replays: true };

  it('takes a signature once, in whatever form it comes', async () => {
    const gateway = gatewayWithBob();
    const plugin = gateway.configure(hmacAuth, config);
    const status = async (request: RequestInit): Promise<number> =>
      (await gateway.send([plugin], request)).response.status;
    assert.equal(await status(good), 200);
    assert.equal(await status(good), 401);
    const field = authorization.replace('="', '="').replace(/"$/, '==*"');
    assert.equal(await status({ headers: { Date: DATE, authorization: field } }), 401);
    gateway.now += 299_000;
    assert.equal(await status(good), 401);
    gateway.now += 2_000;
    assert.equal(await status(good), 401, 'it is too old by then');
  });

  it('takes it once also where it has two dates, of which one comes to count later', async () => {
    const gateway = gatewayWithBob();
    const plugin = gateway.configure(hmacAuth, config);
    const [soon, later] = [dateAt(0), dateAt(500)];
    const field = signed('x-date date', [`x-date: ${soon}`, `date: ${later}`]);
    const request = { headers: { 'x-date': soon, date: later, authorization: field } };
    const statuses: number[] = [];
    for (let minute = 0; minute < 15; minute++) {
      statuses.push((await gateway.send([plugin], request)).response.status);
      gateway.now += 60_000;
    }
    assert.deepEqual(statuses, [200, ...Array<number>(14).fill(401)]);
  });

  it('takes it again and again without', async () => {
    const gateway = gatewayWithBob();
    const plugin = gateway.configure(hmacAuth);
    for (let i = 0; i < 3; i++) {
      assert.equal((await gateway.send([plugin], good)).response.status, 200);
    }
  });

  it('counts no signature that is wrong', async () => {
    const gateway = gatewayWithBob();
    const plugin = gateway.configure(hmacAuth, config);
    const wrong = { headers: { Date: dateAt(1), authorization } };
    assert.equal((await gateway.send([plugin], wrong)).response.status, 401);
    assert.equal((await gateway.send([plugin], good)).response.status, 200);
  });

  it('cannot be had together with dates that are not signed', () => {
    assert.throws(
      () => gatewayWithBob().configure(hmacAuth, { ...config, accept_unsigned: true }),
      /config\.reject_replays: .*not together with accept_unsigned/,
    );
  });

  it('refuses requests when there is no room to note them', async () => {
    const gateway = new TestGateway({ now: NOW, counterSlots: 8 });
    const bob = gateway.directory.addConsumer({ username: 'bob' });
    gateway.directory.addCredential(CREDENTIALS, 'bob', bob, { secret: SECRET });
    const plugin = gateway.configure(hmacAuth, config);
    const statuses: number[] = [];
    for (let i = 0; i < 50; i++) {
      const date = dateAt(i);
      const headers = { date, authorization: signed('date', [`date: ${date}`]) };
      statuses.push((await gateway.send([plugin], { headers })).response.status);
    }
    assert.deepEqual([...new Set(statuses)].sort(), [200, 503]);
    assert.match(gateway.log[0]?.message ?? '', /no room to note signatures/);
  });
});
