import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, describe, it } from 'node:test';
import { TestIssuer } from '../../gateway/src/plugin/jose/testing/issuer.ts';
import { pairs, tokenOf } from '../../gateway/src/plugin/jose/testing/tokens.ts';
import { field, fieldValues } from '../support/http-message.ts';
import { oneService, useSite } from '../support/site.ts';

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

function request(fields: Readonly<Record<string, string>>, line = 'GET /x'): string {
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${line} HTTP/1.1\r\nHost: gw.test\r\n${lines.join('')}\r\n`;
}

describe('basic-auth in a gateway of two threads', () => {
  const configWith = (port: number, password: string): object => ({
    _format_version: '3.0',
    services: [oneService(port, { plugins: [{ name: 'basic-auth' }] })],
    consumers: [
      { username: 'ada', basicauth_credentials: [{ username: 'ada', password }] },
      { username: 'eve', basicauth_credentials: [{ username: 'eve', password: 'eves' }] },
    ],
  });
  const site = useSite({ workers: 2, config: (port) => configWith(port, 'old') });

  async function statuses(login: string): Promise<number[]> {
    const sent = Array.from({ length: 16 }, () =>
      site.fetch(request({ Authorization: basic(login) })),
    );
    return [...new Set((await Promise.all(sent)).map(({ status }) => status))];
  }

  it('knows a new password, and the old one no longer, in all threads at once', async () => {
    assert.deepEqual(await statuses('ada:old'), [200]);
    await site.gateway.reload(configWith(site.origin.port, 'new'));
    assert.deepEqual(await statuses('ada:old'), [401]);
    assert.deepEqual(await statuses('ada:new'), [200]);
    assert.deepEqual(await statuses('eve:eves'), [200]);
  });
});

describe('hmac-auth in a gateway of two threads', () => {
  const secret = 'shared';
  const site = useSite({
    workers: 2,
    config: (port) => ({
      _format_version: '3.0',
      services: [
        oneService(port, { plugins: [{ name: 'hmac-auth', config: { reject_replays: true } }] }),
      ],
      consumers: [{ username: 'ada', hmacauth_credentials: [{ username: 'ada', secret }] }],
    }),
  });

  it('takes a signature once, however many send it at the same time', async () => {
    const Date = new globalThis.Date().toUTCString();
    const signature = createHmac('sha256', secret).update(`date: ${Date}`).digest('base64');
    const Authorization = `hmac username="ada", algorithm="hmac-sha256", headers="date", signature="${signature}"`;
    const sent = Array.from({ length: 40 }, () => site.fetch(request({ Date, Authorization })));
    const statuses = (await Promise.all(sent)).map(({ status }) => status);
    assert.equal(statuses.filter((status) => status === 200).length, 1);
    assert.equal(statuses.filter((status) => status === 401).length, 39);
  });
});

describe('jwt in a gateway of two threads', () => {
  let issuer: TestIssuer;
  const claims = { iss: 'https://id.test', sub: 'ada', exp: 4_102_444_800 };
  const bearer = (kid: string, pair: 'rsa' | 'p256'): string => {
    const algorithm = pair === 'rsa' ? 'RS256' : 'ES256';
    const token = tokenOf(algorithm, pairs[pair].privateKey, claims, { kid });
    return request({ Authorization: `Bearer ${token}` });
  };
  const site = useSite({
    workers: 2,
    prepare: async () => {
      issuer = await TestIssuer.start({ one: pairs.rsa.publicKey });
    },
    config: (port) => {
      const config = { issuer: claims.iss, jwks_uri: issuer.uri, jwks_ttl: 10, jwks_max_age: 10 };
      return {
        _format_version: '3.0',
        services: [oneService(port, { plugins: [{ name: 'jwt', config }] })],
        consumers: [{ username: 'ada' }],
      };
    },
  });
  after(() => issuer.stop());

  it('reads the keys of an issuer once for each thread, whoever asks at the same time', async () => {
    const sent = Array.from({ length: 40 }, () => site.fetch(bearer('one', 'rsa')));
    for (const { status } of await Promise.all(sent)) assert.equal(status, 200);
    assert.ok(issuer.asked >= 1 && issuer.asked <= 2, `${issuer.asked}`);
    assert.equal((await site.fetch(bearer('one', 'p256'))).status, 401);
    assert.equal((await site.fetch(bearer('unknown', 'rsa'))).status, 401);
  });
});

describe('session in a gateway of two threads', () => {
  const stop = { name: 'request-termination', config: { status_code: 401 } };
  const site = useSite({
    workers: 2,
    config: (port) => ({
      _format_version: '3.0',
      services: [
        oneService(port, {
          plugins: [
            { name: 'session', config: { secret: 'of the test' } },
            { name: 'basic-auth', config: { anonymous: 'nobody' } },
          ],
        }),
      ],
      consumers: [
        { username: 'ada', basicauth_credentials: [{ username: 'ada', password: 'pw' }] },
        { username: 'nobody', plugins: [stop] },
      ],
    }),
  });

  async function logIn(): Promise<string> {
    const response = await site.fetch(request({ Authorization: basic('ada:pw') }));
    assert.equal(response.status, 200);
    const [cookie = ''] = fieldValues(response, 'set-cookie');
    assert.match(cookie, /^session=[\w-]+; Path=\/; SameSite=Strict; Secure; HttpOnly$/);
    return cookie.split(';', 1)[0]!;
  }

  async function statusesWith(cookie: string): Promise<number[]> {
    const sent = Array.from({ length: 16 }, () => site.fetch(request({ Cookie: cookie })));
    return [...new Set((await Promise.all(sent)).map(({ status }) => status))];
  }

  it('is one for all threads until its owner logs out, then for none', async () => {
    const cookie = await logIn();
    const other = await logIn();
    assert.deepEqual(await statusesWith(cookie), [200]);
    const logout = await site.fetch(
      request({ Cookie: cookie, 'Content-Length': '0' }, 'POST /x?session_logout'),
    );
    assert.equal(logout.status, 200);
    assert.match(field(logout, 'set-cookie') ?? '', /^session=; .*Max-Age=0$/);
    assert.deepEqual(await statusesWith(cookie), [401]);
    assert.deepEqual(await statusesWith(other), [200]);
  });

  it('is nothing that a service sees', async () => {
    const cookie = await logIn();
    await site.serve();
    await site.fetch(request({ Cookie: `a=1; ${cookie}; b=2` }));
    const [seen] = site.origin.exchanges;
    assert.ok(seen);
    assert.equal(field(seen.request, 'cookie'), 'a=1; b=2');
  });
});
