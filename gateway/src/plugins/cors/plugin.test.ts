import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TestGateway } from '../../plugin/testing/test-gateway.ts';
import { keyAuth } from '../key-auth/plugin.ts';
import { cors } from './plugin.ts';

const ORIGIN = 'https://app.test';

function send(
  config: object,
  headers: Readonly<Record<string, string>>,
  { method = 'GET', service = [] }: { method?: string; service?: [string, string][] } = {},
) {
  const gateway = new TestGateway();
  const plugin = gateway.configure(cors, config);
  return gateway.send([plugin], { method, headers }, () => ({ headers: service }));
}

function preflight(config: object, headers: Readonly<Record<string, string>> = {}) {
  const asked = { Origin: ORIGIN, 'Access-Control-Request-Method': 'PUT', ...headers };
  return send(config, asked, { method: 'OPTIONS' });
}

describe('cors and preflights', () => {
  it('answers them, the service is not asked', async () => {
    const { response, upstreamRequest } = await preflight({});
    assert.equal(upstreamRequest, null);
    assert.equal(response.status, 200);
    assert.equal(response.body, '');
    assert.deepEqual(response.headers(), [
      ['Access-Control-Allow-Origin', '*'],
      ['Access-Control-Allow-Methods', 'GET,HEAD,PUT,PATCH,POST,DELETE,OPTIONS,TRACE,CONNECT'],
    ]);
  });

  it('answers them in front of authentication', async () => {
    const gateway = new TestGateway();
    const plugins = [gateway.configure(cors), gateway.configure(keyAuth)];
    const headers = { Origin: ORIGIN, 'Access-Control-Request-Method': 'PUT' };
    const { response } = await gateway.send(plugins, { method: 'OPTIONS', headers });
    assert.equal(response.status, 200);
  });

  it('tells what is configured', async () => {
    const config = { headers: ['X-A', 'X-B'], methods: ['GET'], max_age: 600, origins: [ORIGIN] };
    const { response } = await preflight(config, { 'Access-Control-Request-Headers': 'x-c' });
    assert.equal(response.header('access-control-allow-headers'), 'X-A,X-B');
    assert.equal(response.header('access-control-allow-methods'), 'GET');
    assert.equal(response.header('access-control-max-age'), '600');
    assert.equal(response.header('vary'), 'Origin');
  });

  it('allows the headers that it is asked for where none are configured', async () => {
    const { response } = await preflight({}, { 'Access-Control-Request-Headers': 'x-c, x-d' });
    assert.equal(response.header('access-control-allow-headers'), 'x-c, x-d');
  });

  it('says nothing of what concerns responses', async () => {
    const { response } = await preflight({ exposed_headers: ['X-E'] });
    assert.equal(response.header('access-control-expose-headers'), undefined);
  });

  it('opens private networks only where that is configured and asked for', async () => {
    const name = 'access-control-allow-private-network';
    const asked = { 'Access-Control-Request-Private-Network': 'true' };
    const allowed = await preflight({ private_network: true }, asked);
    assert.equal(allowed.response.header(name), 'true');
    const unasked = await preflight({ private_network: true });
    assert.equal(unasked.response.header(name), undefined);
    assert.equal((await preflight({}, asked)).response.header(name), undefined);
  });

  it('passes them on, and the answer unchanged, where the service answers them', async () => {
    const gateway = new TestGateway();
    const plugin = gateway.configure(cors, { preflight_continue: true });
    const headers = { Origin: ORIGIN, 'Access-Control-Request-Method': 'PUT' };
    const ex = await gateway.send([plugin], { method: 'OPTIONS', headers }, () => ({
      headers: [['Access-Control-Allow-Origin', 'https://theirs.test']],
    }));
    assert.equal(ex.response.header('access-control-allow-origin'), 'https://theirs.test');
  });

  it('leaves every other OPTIONS to the service', async () => {
    for (const headers of [{ Origin: ORIGIN }, { 'Access-Control-Request-Method': 'PUT' }, {}]) {
      const { upstreamRequest } = await send({}, headers, { method: 'OPTIONS' });
      assert.equal(upstreamRequest?.method, 'OPTIONS');
    }
  });
});

describe('cors and responses', () => {
  it('replaces what the service says, and adds to its Vary', async () => {
    const config = { origins: [ORIGIN, 'https://b.test'], exposed_headers: ['X-E', 'X-F'] };
    const service: [string, string][] = [
      ['Access-Control-Allow-Origin', '*'],
      ['Vary', 'Accept'],
    ];
    const { response } = await send(config, { Origin: ORIGIN }, { service });
    assert.deepEqual(response.headerValues('access-control-allow-origin'), [ORIGIN]);
    assert.deepEqual(response.headerValues('vary'), ['Accept', 'Origin']);
    assert.equal(response.header('access-control-expose-headers'), 'X-E,X-F');
  });

  it('allows nothing to an origin that is not listed, whatever the service says', async () => {
    const service: [string, string][] = [['Access-Control-Allow-Origin', '*']];
    const config = { origins: [ORIGIN, 'https://b.test'] };
    const { response } = await send(config, { Origin: 'https://evil.test' }, { service });
    assert.deepEqual(response.headerValues('access-control-allow-origin'), []);
    assert.equal(response.header('vary'), 'Origin');
  });

  it('tells the same origin the same again', async () => {
    const gateway = new TestGateway();
    const plugin = gateway.configure(cors, { origins: [ORIGIN, 'https://b.test'] });
    for (const origin of [ORIGIN, 'https://b.test', 'https://c.test', ORIGIN, 'https://c.test']) {
      const { response } = await gateway.send([plugin], { headers: { Origin: origin } });
      const allowed = response.header('access-control-allow-origin');
      assert.equal(allowed, origin === 'https://c.test' ? undefined : origin);
    }
  });
});

describe('cors and credentials', () => {
  const name = 'access-control-allow-credentials';

  it('allows them to origins that are listed', async () => {
    const config = { origins: [ORIGIN], credentials: true };
    assert.equal((await send(config, {})).response.header(name), 'true');
    assert.equal((await preflight(config)).response.header(name), 'true');
  });

  it('allows them to nobody where everybody is allowed, and says so', async () => {
    for (const origins of [[], ['*'], ['https://b.test', '*']]) {
      const gateway = new TestGateway();
      const plugin = gateway.configure(cors, { origins, credentials: true });
      const { response } = await gateway.send([plugin], { headers: { Origin: ORIGIN } });
      assert.equal(response.header('access-control-allow-origin'), '*');
      assert.equal(response.header(name), undefined);
      assert.deepEqual(
        gateway.log.map(({ level, message }) => [level, message]),
        [['warn', 'credentials are not allowed, since every origin is']],
      );
    }
  });

  it('allows them to every origin by name where that is wanted', async () => {
    const config = { credentials: true, credentials_for_any_origin: true };
    for (const { response } of [await send(config, { Origin: ORIGIN }), await preflight(config)]) {
      assert.equal(response.header('access-control-allow-origin'), ORIGIN);
      assert.equal(response.header(name), 'true');
      assert.equal(response.header('vary'), 'Origin');
    }
    const { response } = await send(config, {});
    assert.equal(response.header('access-control-allow-origin'), '*');
    assert.equal(response.header(name), undefined);
  });
});

describe('cors configuration', () => {
  it('refuses an expression that is none in the words of Kong', () => {
    assert.throws(
      () => new TestGateway().configure(cors, { origins: ['https://('] }),
      /config\.origins\.?.*'https:\/\/\(' is not a valid regex/s,
    );
  });

  it('refuses an expression that could take for ever, and says why', () => {
    assert.throws(
      () => new TestGateway().configure(cors, { origins: ['https://(?!evil).*'] }),
      /cannot be matched in bounded time, without look-around/,
    );
  });
});
