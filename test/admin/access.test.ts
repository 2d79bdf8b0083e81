import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { AdminClient } from '../support/admin-client.ts';
import { runSluiceHere } from '../support/cli.ts';
import { runSluice } from '../support/command.ts';
import { adminToken, startGateway, type Gateway } from '../support/gateway.ts';
import { field } from '../support/http-message.ts';
import { head } from '../support/message.ts';
import { fetchOnce } from '../support/raw-client.ts';
import { onEveryStore, type Place } from '../support/stores.ts';
import { until } from '../support/until.ts';

const methods = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE'];

/** How soon a token that was taken away must be good for nothing, ms. */
const SOON = 1000;

describe('The Admin API as it comes', () => {
  it('listens on loopback, and asks for a token', async () => {
    const { stdout } = await runSluice(['start', '--print-settings=json']);
    const settings = JSON.parse(stdout) as Record<string, { value: unknown }>;
    const value = (name: string) => settings[name]?.value;
    assert.deepEqual([value('admin-listen'), value('admin-auth')], ['127.0.0.1:8001', 'on']);
    assert.equal(value('admin-cors-origins'), '');
  });

  for (const listen of ['0.0.0.0:0', '[::]:0', '192.0.2.1:0']) {
    it(`does not start without tokens on ${listen}`, async () => {
      const flags = ['--admin-auth', 'off', '--admin-listen', listen];
      const { code, stderr } = await runSluice(['start', ...flags]);
      assert.equal(code, 2);
      assert.match(
        stderr,
        /--admin-auth off would let everybody who reaches .* change the gateway/,
      );
      assert.match(stderr, /Leave --admin-auth on/);
    });
  }
});

onEveryStore('Tokens', (home) => {
  let place: Place;
  let gateway: Gateway;
  let token: string;
  before(async () => {
    place = await home.newPlace();
    gateway = await startGateway({ ...place, admin: 'own-token' });
    token = readFileSync(join(place.data, 'admin-token'), 'utf8').trim();
  });
  after(() => gateway?.stop());

  it('are asked for at every endpoint, by every method', async () => {
    const known = new AdminClient(gateway.adminPort, { token });
    const stranger = new AdminClient(gateway.adminPort, { token: null });
    const guesser = new AdminClient(gateway.adminPort, { token: adminToken });
    try {
      const { data } = await known.json('GET', '/endpoints');
      const paths = (data as string[]).map((path) => path.replaceAll(/\{[^}]+\}/g, 'x'));
      assert.ok(paths.length > 100);
      for (const path of [...paths, '/nothing', '/openapi.json', '/revisions']) {
        for (const method of methods) {
          for (const client of [stranger, guesser]) {
            const { status, headers, text } = await client.send(method, path);
            assert.equal(status, 401, `${method} ${path}`);
            assert.doesNotMatch(text, /revision|Not found|not allowed/);
            assert.equal(headers['allow'], undefined);
          }
        }
      }
    } finally {
      for (const client of [known, stranger, guesser]) client.close();
    }
  });

  it('are taken from their two headers only, and not from a query, a cookie or Basic', async () => {
    assert.equal(await statusWith(`Authorization: Bearer ${token}`), 200);
    assert.equal(await statusWith(`Kong-Admin-Token: ${token}`), 200);
    const basic = Buffer.from(`admin:${token}`).toString('base64');
    for (const other of [
      `Cookie: token=${token}`,
      `Authorization: Basic ${basic}`,
      `Authorization: ${token}`,
      `apikey: ${token}`,
      `Kong-Admin-Token: ${token.slice(0, -1)}`,
      `Kong-Admin-Token: ${token}x`,
      `Kong-Admin-Token: ${token}\r\nKong-Admin-Token: ${token}`,
    ]) {
      assert.equal(await statusWith(other), 401, other);
    }
    const query = await fetchOnce(
      gateway.adminPort,
      head(`GET /?token=${token} HTTP/1.1`, 'Host: a'),
    );
    assert.equal(query.status, 401);
  });

  it('are good for nothing within a second after they were revoked', async () => {
    const secret = await createToken('short');
    const client = new AdminClient(gateway.adminPort, { token: secret });
    assert.equal((await client.send('GET', '/services')).status, 200);
    const { code, stderr } = await runSluiceHere(['token', 'revoke', 'short', ...where()]);
    assert.equal(code, 0, stderr);
    const refused = async () => (await client.send('GET', '/services')).status === 401;
    await until('the revoked token is refused', refused, SOON + 500);
    client.close();
  });

  it('are good for nothing once they have expired', async () => {
    const secret = await createToken('passing', '--expires', '1s');
    const client = new AdminClient(gateway.adminPort, { token: secret });
    assert.equal((await client.send('GET', '/services')).status, 200);
    const refused = async () => (await client.send('GET', '/services')).status === 401;
    await until('the expired token is refused', refused, 2 * SOON + 500);
    client.close();
  });

  it('stand in no log, no answer and no file but their own, which is for its owner only', async () => {
    const client = new AdminClient(gateway.adminPort, { token });
    const secrets = [token, await createToken('secretive'), databasePassword()];
    await client.send('GET', `/services/${token}`);
    await client.send('POST', '/services', { name: 'a', host: 'h.internal' });
    const answers = await Promise.all(
      ['/', '/status', '/metrics', '/revisions', '/openapi.json'].map(
        async (path) => (await client.send('GET', path)).text,
      ),
    );
    client.close();
    for (const secret of secrets.filter((one) => one !== '')) {
      for (const text of [...answers, gateway.output]) assert.ok(!text.includes(secret));
    }
    assert.ok(gateway.output.includes(join(place.data, 'admin-token')));
    const files = readdirSync(place.data, { recursive: true, withFileTypes: true });
    assert.ok(files.length > 0);
    assert.equal(statSync(place.data).mode & 0o077, 0);
    for (const file of files) {
      const path = join(file.parentPath, file.name);
      assert.equal(statSync(path).mode & 0o077, 0, path);
      if (!file.isFile() || file.name === 'admin-token') continue;
      const bytes = readFileSync(path);
      for (const secret of secrets.slice(0, 2)) assert.ok(!bytes.includes(secret), path);
    }
  });

  it('do not keep a page of another origin from being refused', async () => {
    for (const method of ['GET', 'OPTIONS']) {
      const answer = await fetchOnce(
        gateway.adminPort,
        head(
          `${method} /services HTTP/1.1`,
          ...['Host: a', 'Origin: https://evil.test', 'Access-Control-Request-Method: POST'],
          `Kong-Admin-Token: ${token}`,
        ),
      );
      assert.equal(field(answer, 'access-control-allow-origin'), undefined);
      assert.equal(field(answer, 'access-control-allow-credentials'), undefined);
    }
  });

  async function statusWith(line: string): Promise<number> {
    const request = head('GET / HTTP/1.1', 'Host: a', line);
    return (await fetchOnce(gateway.adminPort, request)).status;
  }

  function where(): string[] {
    const { data, database } = place;
    return ['--data', data, ...(database === undefined ? [] : ['--database', database])];
  }

  function databasePassword(): string {
    return place.database === undefined ? '' : new URL(place.database).password;
  }

  /** Makes a token with the command, beside the running gateway. */
  async function createToken(name: string, ...flags: string[]): Promise<string> {
    const { code, stdout, stderr } = await runSluiceHere([
      ...['token', 'create', name],
      ...where(),
      ...flags,
    ]);
    assert.equal(code, 0, stderr);
    return stdout.trim();
  }
});

describe('An Admin API without tokens', () => {
  let gateway: Gateway;
  before(async () => {
    gateway = await startGateway({
      config: { _format_version: '3.0' },
      admin: true,
      flags: ['--admin-auth', 'off'],
    });
  });
  after(() => gateway?.stop());

  it('warns at the start', () => {
    assert.match(gateway.output, /warn.*--admin-auth/i);
  });

  for (const [what, status, ...lines] of [
    ['a loopback name', 200, 'Host: localhost:8001'],
    ['a loopback address', 200, 'Host: 127.0.0.1:8001'],
    ['a name that was made to resolve to it', 403, 'Host: evil.test'],
    ['a name that begins like loopback', 403, 'Host: 127.0.0.1.evil.test'],
    ['a page of another origin', 403, 'Host: localhost', 'Origin: https://evil.test'],
    ['a page without an origin', 403, 'Host: localhost', 'Origin: null'],
  ] as const) {
    it(`answers ${status} to ${what}`, async () => {
      for (const method of ['GET', 'HEAD', 'OPTIONS']) {
        const request = head(`${method} / HTTP/1.1`, ...lines);
        const expected = method === 'OPTIONS' && status === 200 ? 204 : status;
        assert.equal((await fetchOnce(gateway.adminPort, request)).status, expected, method);
      }
    });
  }
});
