import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, it } from 'node:test';
import { AdminClient } from '../support/admin-client.ts';
import { adminToken, startGateway, type Gateway } from '../support/gateway.ts';
import { field } from '../support/http-message.ts';
import { chunks, get, head } from '../support/message.ts';
import { startOrigin, type Origin } from '../support/origin.ts';
import { connect, fetchOnce, type RawClient } from '../support/raw-client.ts';
import { onEveryStore } from '../support/stores.ts';
import { until, within } from '../support/until.ts';

const MIB = 2 ** 20;

/** A request may take a minute, which is looked at every half, ms. */
const LONGEST_WAIT = 110_000;

/** Texts that mean something to a database, a shell, a template or a file system. */
const nasty = [
  "x'; DROP TABLE consumers; --",
  "' OR '1'='1",
  '" OR ""="',
  '\\',
  "\\'; SELECT pg_sleep(10); --",
  '%_%',
  '$1',
  '${{ env "PATH" }}',
  '{vault://env/path}',
  '../../../etc/passwd',
  '__proto__',
  'constructor',
  '\u202e\u0301 𝔘𝔫𝔦𝔠𝔬𝔡𝔢',
];

onEveryStore('What is sent to the Admin API', (home) => {
  let origin: Origin;
  let gateway: Gateway;
  let admin: AdminClient;
  /** Sends a body that never ends, from the first test to the last. */
  let slow: RawClient;
  let slowEnded: Promise<unknown>;
  before(async () => {
    origin = await startOrigin();
    gateway = await startGateway({
      ...(await home.newPlace()),
      flags: ['--allow-unsupported-plugins'],
    });
    admin = new AdminClient(gateway.adminPort);
    slow = await connect(gateway.adminPort);
    slowEnded = once(slow.socket, 'end');
    slow.send(request('POST', '/services', 'Content-Length: 1000') + '{"name":"slow",');
  });
  after(async () => {
    slow?.close();
    admin?.close();
    await gateway?.stop();
    await origin?.stop();
  });

  it('may be 10 MiB long, and is 413 beyond that, whether it says so or not', async () => {
    const padding = (length: number) => JSON.stringify({ name: 'x', host: 'y'.repeat(length) });
    const inside = await admin.send('POST', '/services', padding(10 * MIB - 100), json);
    assert.notEqual(inside.status, 413);
    await admin.send('DELETE', '/services/x');
    const announced = await admin.send('POST', '/services', padding(10 * MIB), json);
    assert.equal(announced.status, 413);
    assert.match(announced.text, /10 MiB/);
    const client = await connect(gateway.adminPort);
    client.send(request('POST', '/services', 'Transfer-Encoding: chunked'));
    client.send(chunks(Array<string>(11).fill('z'.repeat(MIB))));
    assert.equal((await client.response()).status, 413);
    client.close();
    assert.equal((await admin.send('GET', '/services')).status, 200);
  });

  it('is 400 when it is nested without end', async () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const depth = 100_000;
      const deep = `${open.repeat(depth)}1${close.repeat(depth)}`;
      for (const body of [deep, `{"name":"key-auth","config":${deep}}`]) {
        for (const path of ['/plugins', '/schemas/plugins/validate']) {
          const { status, text } = await admin.send('POST', path, body, json);
          assert.equal(status, 400, text.slice(0, 200));
        }
      }
    }
    const names = Array.from({ length: 5000 }, (_, index) => `a${index}`).join('.');
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
    assert.equal((await admin.send('POST', '/services', `${names}=1`, form)).status, 400);
  });

  it('is data, whatever it looks like', async () => {
    for (const [index, text] of nasty.entries()) {
      const created = await admin.send('POST', '/consumers', {
        username: text,
        custom_id: `${text}-${index}`,
      });
      assert.equal(created.status, 201, created.text);
      const { id, username } = JSON.parse(created.text) as { id: string; username: string };
      assert.equal(username, text);
      const byName = await admin.json('GET', `/consumers/${encodeURIComponent(text)}`);
      assert.equal(byName['id'], id);
      const key = await admin.json('POST', `/consumers/${id}/key-auth`, { key: text });
      assert.equal(key['key'], text);
      const group = await admin.json('POST', `/consumers/${id}/acls`, { group: text });
      assert.equal(group['group'], text);
      const custom = encodeURIComponent(`${text}-${index}`);
      const { data } = await admin.json('GET', `/consumers?custom_id=${custom}`);
      assert.deepEqual(
        (data as { id: string }[]).map((one) => one.id),
        [id],
      );
    }
    assert.equal((await admin.list('/consumers')).length, nasty.length);
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  });

  it('finds nothing in names, offsets, sizes and tags that it should not', async () => {
    for (const text of nasty) {
      const value = encodeURIComponent(text);
      for (const query of [`offset=${value}`, `size=${value}`]) {
        const { status, text: answer } = await admin.send('GET', `/consumers?${query}`);
        assert.equal(status, 400, query);
        assert.doesNotMatch(answer, /syntax error|sqlite|postgres|stack|\bat \//i);
      }
      const offset = encodeURIComponent(
        Buffer.from(JSON.stringify([text]))
          .toString('base64')
          .replace(/=+$/, ''),
      );
      assert.equal((await admin.send('GET', `/consumers?offset=${offset}`)).status, 400);
      const tagged = await admin.send('GET', `/services?tags=${value}`);
      assert.ok([200, 400].includes(tagged.status), tagged.text);
      if (tagged.status === 200)
        assert.deepEqual(JSON.parse(tagged.text), { data: [], next: null });
      assert.equal((await admin.send('GET', `/services/${value}`)).status, 404);
      assert.equal((await admin.send('DELETE', `/services/${value}`)).status, 204);
    }
    assert.equal((await admin.list('/consumers')).length, nasty.length);
  });

  it('leads to no file, however a path climbs', async () => {
    const up = '..%2f'.repeat(8);
    for (const path of [
      `/${up}etc/passwd`,
      `/schemas/${up}package.json`,
      `/schemas/plugins/${up}etc%2fpasswd`,
      `/schemas/vaults/${up}etc%2fpasswd`,
      `/plugins/schema/${up}etc%2fpasswd`,
      `/services/${up}etc%2fpasswd`,
      `/tags/${up}etc%2fpasswd`,
      '/schemas/plugins/__proto__',
      '/schemas/constructor',
      '/schemas/plugins/toString',
    ]) {
      const { status, text } = await admin.send('GET', path);
      const isEmptyList = status === 200 && text === '{"data":[],"next":null}';
      assert.ok([400, 404].includes(status) || isEmptyList, `${path}: ${status} ${text}`);
      assert.doesNotMatch(text, /root:|"dependencies"|function/);
    }
    for (const name of ['../../plugin', '__proto__', 'constructor', 'key-auth\0']) {
      const { status } = await admin.send('POST', '/plugins', { name });
      assert.equal(status, 400, name);
    }
  });

  it('is refused with 4xx when it holds what no store can keep', async () => {
    for (const body of [
      { username: 'a\0b' },
      { username: 'x'.repeat(100_000) },
      { username: '\ud800' },
      { username: 'big', created_at: 1e300 },
      { username: 'tagged', tags: Array.from({ length: 3 }, () => 'y'.repeat(50_000)) },
    ]) {
      const { status, text } = await admin.send('POST', '/consumers', body);
      assert.ok(status === 400, `${JSON.stringify(body).slice(0, 60)}: ${status} ${text}`);
    }
    assert.equal((await admin.list('/consumers')).length, nasty.length);
  });

  it('never becomes a header line, on its way up or back', async () => {
    const line = 'x\r\nX-Planted: yes';
    const refused = async (method: string, path: string, body: object): Promise<boolean> => {
      const { status, text } = await admin.send(method, path, body);
      assert.ok(status === 400 || status < 300, text);
      return status === 400;
    };
    await admin.json('POST', '/services', {
      name: 'origin',
      url: `http://127.0.0.1:${origin.port}`,
    });
    await admin.json('POST', '/services/origin/routes', { name: 'up', paths: ['/up'] });
    await admin.json('POST', '/routes/up/plugins', { name: 'key-auth' });
    const { id } = await admin.json('POST', '/consumers', { username: line, custom_id: line });
    await admin.json('POST', `/consumers/${String(id)}/key-auth`, { key: 'planter' });
    await admin.json('POST', `/consumers/${String(id)}/acls`, { group: line });
    await admin.json('POST', '/routes/up/plugins', {
      name: 'acl',
      config: { allow: [line], hide_groups_header: false },
    });
    const config = { status_code: 200, content_type: line, body: 'x' };
    await admin.json('POST', '/services/origin/routes', { name: 'back', paths: ['/back'] });
    await refused('POST', '/routes/back/plugins', { name: 'request-termination', config });
    await refused('POST', '/plugins', {
      name: 'correlation-id',
      config: { header_name: line, generator: 'uuid', echo_downstream: true },
    });
    assert.ok(await refused('PATCH', '/services/origin', { path: `/${line}` }));
    await refused('POST', '/upstreams', { name: 'up.internal', host_header: line });

    const served = async (path: string): Promise<boolean> =>
      (await fetchOnce(gateway.proxyPort, get(path, 'apikey: planter'))).status !== 404;
    await until('both routes are served', async () => (await served('/up')) && served('/back'));
    await origin.reset();
    const there = await fetchOnce(gateway.proxyPort, get('/up', 'apikey: planter'));
    assert.deepEqual(origin.problems, []);
    for (const { request: seen } of origin.exchanges) {
      assert.equal(field(seen, 'x-planted'), undefined);
    }
    const back = await fetchOnce(gateway.proxyPort, get('/back'));
    for (const answer of [there, back]) assert.equal(field(answer, 'x-planted'), undefined);
    gateway.assertRunning();
  });

  // It takes a minute, and the store has no part in it.
  if (home.kind !== 'SQLite') return;
  it('holds up nobody when it comes slowly, and not for ever', async () => {
    const others = await Promise.all(Array.from({ length: 100 }, () => connect(gateway.adminPort)));
    for (const other of others)
      other.send(request('POST', '/services', 'Content-Length: 99') + '{');
    const { status } = await admin.send('POST', '/services', { name: 'quick', host: 'h.internal' });
    assert.equal(status, 201);
    for (const other of others) other.close();
    await within('the slow one to be given up', slowEnded, LONGEST_WAIT);
    assert.equal((await admin.send('GET', '/services/slow')).status, 404);
  });
});

const json = { 'Content-Type': 'application/json' };

/** The head of a request with a token. */
function request(method: string, path: string, ...lines: string[]): string {
  return head(
    `${method} ${path} HTTP/1.1`,
    ...['Host: 127.0.0.1', 'Content-Type: application/json', `Kong-Admin-Token: ${adminToken}`],
    ...lines,
  );
}
