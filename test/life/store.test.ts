import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { AdminClient, type JsonObject } from '../support/admin-client.ts';
import { runSluice } from '../support/command.ts';
import { startGateway, type Gateway, type GatewayOptions } from '../support/gateway.ts';
import { get } from '../support/message.ts';
import { startOrigin, type Origin } from '../support/origin.ts';
import { PostgresServer, withoutPostgres } from '../support/postgres.ts';
import { fetchOnce } from '../support/raw-client.ts';
import { until } from '../support/until.ts';

/** A folder and the gateways that use it, one after the other. */
class House {
  readonly data = mkdtempSync(join(tmpdir(), 'sluice-house-'));
  gateway!: Gateway;
  admin!: AdminClient;

  async open(options: GatewayOptions = {}): Promise<void> {
    this.gateway = await startGateway({ data: join(this.data, 'data'), ...options });
    this.admin = new AdminClient(this.gateway.adminPort);
  }

  async close(): Promise<void> {
    this.admin.close();
    await this.gateway.stop();
  }

  async remove(): Promise<void> {
    await this.close();
    rmSync(this.data, { recursive: true, force: true });
  }

  get folder(): string {
    return join(this.data, 'data');
  }

  async statusOf(path: string): Promise<number> {
    return (await fetchOnce(this.gateway.proxyPort, get(path))).status;
  }

  /** Waits until the path is answered so. */
  async answers(path: string, status: number): Promise<void> {
    await until(
      `${path} is answered ${status}`,
      async () => (await this.statusOf(path)) === status,
    );
  }

  async status(): Promise<{ store: JsonObject; warnings: string[] }> {
    return (await this.gateway.status()) as unknown as { store: JsonObject; warnings: string[] };
  }
}

describe('A gateway without --config', () => {
  let house: House;
  let origin: Origin;

  before(async () => {
    origin = await startOrigin();
  });
  after(() => origin.stop());
  beforeEach(async () => {
    house = new House();
    await house.open();
  });
  afterEach(() => house.remove());

  const service = (): JsonObject => ({ name: 's', url: `http://127.0.0.1:${origin.port}` });

  it('serves what the Admin API is told, and a start later it still does', async () => {
    await house.admin.json('POST', '/services', service());
    await house.admin.json('POST', '/services/s/routes', { paths: ['/a'] });
    await house.answers('/a', 200);
    const { revision, configuration_hash } = await house.gateway.status();
    await house.close();
    await house.open();
    assert.equal(await house.statusOf('/a'), 200);
    const again = await house.gateway.status();
    assert.deepEqual(
      { revision: again.revision, configuration_hash: again.configuration_hash },
      { revision, configuration_hash },
    );
  });

  it('names the revision of the store in the answer, the status and the access line', async () => {
    await house.admin.json('POST', '/services', service());
    const { headers } = await house.admin.send('POST', '/services/s/routes', { paths: ['/b'] });
    const revision = Number(headers['x-sluice-revision']);
    await house.answers('/b', 200);
    assert.equal((await house.gateway.status()).revision, revision);
    const line = await house.gateway.accessLine(
      ({ path, status }) => path === '/b' && status === 200,
    );
    assert.equal(line['revision'], revision);
  });

  it('keeps what it keeps from others', () => {
    const mode = (path: string): number => statSync(path).mode & 0o777;
    assert.equal(mode(house.folder), 0o700);
    assert.equal(mode(join(house.folder, 'sluice.db')), 0o600);
  });

  it('answers 502 for a service that does not speak TLS as it should, and never asks it in plain text', async () => {
    await origin.reset();
    await house.admin.json('POST', '/services', {
      name: 'tls',
      url: `https://127.0.0.1:${origin.port}`,
    });
    await house.admin.json('POST', '/services/tls/routes', { paths: ['/tls'] });
    await house.answers('/tls', 502);
    assert.deepEqual(origin.exchanges, []);
  });

  it('refuses a plugin that it cannot run where it would take effect, and stores it elsewhere', async () => {
    await house.admin.json('POST', '/services', service());
    await house.admin.json('POST', '/services/s/plugins', { name: 'grpc-web' });
    const refused = await house.admin.send('POST', '/services/s/routes', { paths: ['/c'] });
    assert.equal(refused.status, 400);
    assert.match(refused.text, /grpc-web/);
    assert.equal(await house.statusOf('/c'), 404);
  });

  it('does not let a key live longer than its ttl', async () => {
    await house.admin.json('POST', '/services', service());
    await house.admin.json('POST', '/services/s/routes', { paths: ['/k'] });
    await house.admin.json('POST', '/services/s/plugins', { name: 'key-auth' });
    await house.admin.json('PUT', '/consumers/anna', {});
    await house.admin.json('POST', '/consumers/anna/key-auth', { key: 'short', ttl: 2 });
    const withKey = async (): Promise<number> =>
      (await fetchOnce(house.gateway.proxyPort, get('/k', 'apikey: short'))).status;
    await until('the key is good', async () => (await withKey()) === 200);
    await until('the key is good no more', async () => (await withKey()) === 401);
  });

  it('takes an import while it runs', async () => {
    const file = join(house.data, 'import.json');
    const route = { name: 'r', paths: ['/imported'] };
    writeFileSync(
      file,
      JSON.stringify({ _format_version: '3.0', services: [{ ...service(), routes: [route] }] }),
    );
    const { code, stderr } = await runSluice(['import', file, '--data', house.folder]);
    assert.equal(code, 0, stderr);
    await house.answers('/imported', 200);
  });

  it('honours a token that was created beside it, until it is revoked', async () => {
    const created = await runSluice(['token', 'create', 'ci', '--data', house.folder]);
    const client = new AdminClient(house.gateway.adminPort, { token: created.stdout.trim() });
    assert.equal((await client.send('GET', '/services')).status, 200);
    const revoked = await runSluice(['token', 'revoke', 'ci', '--data', house.folder]);
    assert.equal(revoked.code, 0, revoked.stderr);
    await until(
      'the token is refused',
      async () => (await client.send('GET', '/services')).status === 401,
    );
    client.close();
  });
});

describe('The first token', () => {
  let house: House;
  beforeEach(() => (house = new House()));
  afterEach(() => house.remove());

  it('is written to a file that nobody else can read, and its path is logged, not the token', async () => {
    await house.open({ admin: 'own-token' });
    const path = join(house.folder, 'admin-token');
    const token = readFileSync(path, 'utf8').trim();
    assert.match(token, /^sluice_[\w-]{43}$/);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.ok(house.gateway.output.includes(path));
    assert.ok(!house.gateway.output.includes(token));
    const client = new AdminClient(house.gateway.adminPort, { token });
    assert.equal((await client.send('GET', '/')).status, 200);
    client.close();
  });

  it('is made once, whatever becomes of its file', async () => {
    await house.open({ admin: 'own-token' });
    const path = join(house.folder, 'admin-token');
    rmSync(path);
    await house.close();
    await house.open({ admin: 'own-token' });
    assert.throws(() => statSync(path), { code: 'ENOENT' });
  });
});

describe('A gateway that cannot start', () => {
  const data = mkdtempSync(join(tmpdir(), 'sluice-refused-'));
  after(() => rmSync(data, { recursive: true, force: true }));

  async function refusal(...flags: string[]): Promise<string> {
    const listen = ['--proxy-listen', '127.0.0.1:0', '--status-listen', 'off'];
    const { code, stderr } = await runSluice(['start', '--data', data, ...listen, ...flags]);
    assert.notEqual(code, 0);
    return stderr;
  }

  it('says so of --admin-auth off on an address that others reach', async () => {
    const stderr = await refusal('--admin-auth', 'off', '--admin-listen', '0.0.0.0:0');
    assert.match(stderr, /^sluice: --admin-auth off would let everybody who reaches 0\.0\.0\.0:0/);
  });

  it('says so of a token that is too short', async () => {
    const file = join(data, 'token');
    writeFileSync(file, 'hunter2\n');
    const stderr = await refusal('--admin-listen', '127.0.0.1:0', '--admin-token-file', file);
    assert.match(stderr, /^sluice: the token file \S+ holds 7 characters only\n/m);
    assert.doesNotMatch(stderr, /hunter2/);
  });

  it(
    'says so of a data directory that it cannot write to',
    { skip: process.getuid?.() === 0 },
    async () => {
      const folder = join(data, 'locked');
      await runSluice(['migrate', '--data', folder]);
      chmodSync(folder, 0o500);
      assert.match(await refusal('--data', folder, '--admin-listen', 'off'), /cannot be used/);
      chmodSync(folder, 0o700);
    },
  );

  it('says so of two homes for one configuration', async () => {
    const stderr = await refusal('--config', 'kong.yaml', '--database', 'postgres://h/d');
    assert.match(stderr, /sluice import/);
  });
});

describe('A gateway whose PostgreSQL is away', { skip: withoutPostgres }, () => {
  let server: PostgresServer;
  let house: House;
  let origin: Origin;

  before(async () => {
    server = await PostgresServer.start();
    origin = await startOrigin();
  });
  after(async () => {
    await origin.stop();
    await server.dispose();
  });
  beforeEach(() => (house = new House()));
  afterEach(async () => {
    await house.remove();
    await back();
  });

  let isAway = false;
  async function away(): Promise<void> {
    await server.stop('fast');
    isAway = true;
  }
  async function back(): Promise<void> {
    if (isAway) await server.start();
    isAway = false;
  }

  async function configured(database: string): Promise<void> {
    await house.open({ database });
    await house.admin.json('POST', '/services', {
      name: 's',
      url: `http://127.0.0.1:${origin.port}`,
    });
    await house.admin.json('POST', '/services/s/routes', { paths: ['/a'] });
    await house.answers('/a', 200);
  }

  it('goes on serving, says so, and takes what was changed meanwhile', async () => {
    const database = await server.createDatabase();
    await configured(database);
    await away();
    await until('it says so', async () => (await house.status()).store['reachable'] === false);
    assert.equal(await house.statusOf('/a'), 200);
    assert.match(
      await (await house.gateway.fetchStatus('/metrics')).text(),
      /^sluice_store_reachable 0$/m,
    );
    const refused = await house.admin.send('POST', '/services', { name: 't', host: 'h' });
    assert.equal(refused.status, 503);
    await back();
    await until(
      'the store is back',
      async () => (await house.status()).store['reachable'] === true,
    );
    await house.admin.json('POST', '/services/s/routes', { paths: ['/b'] });
    await house.answers('/b', 200);
  });

  it('starts from its copy, says so, and follows the store when that is back', async () => {
    const database = await server.createDatabase();
    await configured(database);
    await house.close();
    assert.equal(statSync(join(house.folder, 'snapshot.gz')).mode & 0o777, 0o600);
    await away();
    await house.open({ database });
    assert.equal(await house.statusOf('/a'), 200);
    assert.equal((await house.status()).store['source'], 'snapshot');
    assert.match(house.gateway.output, /serving the copy of the configuration on disk/);
    assert.equal((await house.admin.send('POST', '/services', { host: 'h' })).status, 503);
    await back();
    await until(
      'the store is used',
      async () => (await house.status()).store['source'] === 'store',
    );
    await house.admin.json('POST', '/services/s/routes', { paths: ['/b'] });
    await house.answers('/b', 200);
  });

  it('does not start empty when it has no copy', async () => {
    const database = await server.createDatabase();
    await house.open({ database });
    await away();
    const flags = [
      '--proxy-listen',
      '127.0.0.1:0',
      '--status-listen',
      'off',
      '--admin-listen',
      'off',
    ];
    const other = join(house.data, 'other');
    const { code, stderr } = await runSluice([
      'start',
      '--data',
      other,
      '--database',
      database,
      ...flags,
    ]);
    assert.equal(code, 1);
    assert.match(stderr, /sluice: the store of the configuration is away .* there is no copy/);
    assert.doesNotMatch(stderr, new RegExp(new URL(database).password));
  });
});
