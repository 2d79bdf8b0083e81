import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { tokenOf } from '../../gateway/src/plugin/jose/testing/tokens.ts';
import { TestPeer } from '../../gateway/src/plugin/peer/testing/test-peer.ts';
import { TestProvider } from '../../gateway/src/plugins/openid-connect/testing/test-provider.ts';
import { fieldValues } from '../support/http-message.ts';
import { get } from '../support/message.ts';
import { useSite } from '../support/site.ts';

const SECRET = 'jwt of ada is long enough to be one';
const names = ['x-consumer-username', 'x_consumer_username', 'x-authenticated-groups'];

/** Lets everybody pass, and notes what it is told of them. */
const asked: Record<string, string | string[] | undefined>[] = [];
const authority = await TestPeer.start(({ headers }, response) => {
  asked.push(Object.fromEntries(names.map((name) => [name, headers[name]])));
  response.end();
});

const asksAbout = {
  name: 'external-auth',
  config: { url: authority.url('/'), request_headers: names, consumer_optional: true },
};
/** Tells the service a name of its own. */
const provider = await TestProvider.start();
const tells = {
  name: 'openid-connect',
  config: {
    issuer: provider.issuer,
    client_id: ['app'],
    auth_methods: ['bearer'],
    consumer_claim: ['sub'],
    upstream_headers_claims: ['nickname'],
    upstream_headers_names: ['X-Consumer-Username'],
  },
};
const limit = {
  name: 'rate-limiting',
  config: { hour: 2, policy: 'local', limit_by: 'header', header_name: 'X-Consumer-Username' },
};
const echo = { name: 'request-termination', config: { echo: true } };

describe('What plugins believe of who asks', () => {
  const site = useSite({
    config: (port) => ({
      _format_version: '3.0',
      consumers: [
        {
          username: 'ada',
          keyauth_credentials: [{ key: 'of-ada' }],
          jwt_secrets: [{ key: 'ada', secret: SECRET }],
        },
        { username: 'bob', keyauth_credentials: [{ key: 'of-bob' }] },
      ],
      services: [
        {
          name: 'origin',
          url: `http://127.0.0.1:${port}`,
          routes: [
            { name: 'asks', paths: ['/asks'], plugins: [asksAbout] },
            { name: 'knows', paths: ['/knows'], plugins: [{ name: 'jwt' }, asksAbout] },
            { name: 'tells', paths: ['/tells'], plugins: [tells] },
            { name: 'limits', paths: ['/limits'], plugins: [{ name: 'key-auth' }, limit] },
            { name: 'echoes', paths: ['/echoes'], plugins: [{ name: 'key-auth' }, echo] },
          ],
        },
      ],
    }),
  });
  before(() => site.serve());
  after(() => Promise.all([authority.stop(), provider.stop()]));

  const forged = names.map((name) => `${name}: root`);

  async function told(path: string, ...fields: string[]): Promise<object | undefined> {
    asked.length = 0;
    const { status } = await site.fetch(get(path, 'Connection: close', ...fields));
    assert.equal(status, 200);
    return asked[0];
  }

  it('is nothing that a client says, in no spelling', async () => {
    const nothing = Object.fromEntries(names.map((name) => [name, undefined]));
    assert.deepEqual(await told('/asks', ...forged), nothing);
  });

  it('is what another plugin has found out', async () => {
    const token = `Authorization: Bearer ${tokenOf('HS256', SECRET, { iss: 'ada' })}`;
    for (const fields of [[token], [token, ...forged]]) {
      assert.deepEqual(await told('/knows', ...fields), {
        'x-consumer-username': 'ada',
        x_consumer_username: undefined,
        'x-authenticated-groups': undefined,
      });
    }
  });

  it('is told services once', async () => {
    const claims = { sub: 'ada', nickname: 'countess', aud: 'app', exp: 4_102_444_800 };
    const fields = [`Authorization: Bearer ${provider.token(claims)}`, 'Connection: close'];
    const { status } = await site.fetch(get('/tells', ...fields, ...forged));
    assert.equal(status, 200);
    const { request } = await site.origin.exchange();
    assert.deepEqual(fieldValues(request, 'x-consumer-username'), ['countess']);
  });

  it('is what limits count by', async () => {
    const status = async (key: string, name: string): Promise<number> => {
      const fields = [`apikey: ${key}`, `X-Consumer-Username: ${name}`, 'Connection: close'];
      return (await site.fetch(get('/limits', ...fields))).status;
    };
    assert.equal(await status('of-ada', 'one'), 200);
    assert.equal(await status('of-ada', 'two'), 200);
    assert.equal(await status('of-ada', 'three'), 429);
    assert.equal(await status('of-bob', 'ada'), 200);
  });

  it('is what all fields together say', async () => {
    const { text } = await site.fetch(
      get('/echoes', 'apikey: of-ada', 'Connection: close', ...forged),
    );
    assert.ok(!text.includes('root'), text);
    assert.match(text, /"x-consumer-username":"ada"/);
  });
});
