import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { SnapshotFile } from '../control/disk/snapshot-file.ts';
import { createSnapshot } from '../snapshot/snapshot.ts';
import { hashPassword, verifyPassword } from '../entities/password.ts';
import type { EntityTables } from '../entities/tables.ts';
import { openStore } from '../store/open-store.ts';
import { sluice, type CliResult } from './testing/run-cli.ts';

const kong = {
  _format_version: '3.0',
  services: [
    {
      name: 'orders',
      url: 'http://orders/v1',
      retries: null,
      tags: ['a', 'yes'],
      routes: [{ name: 'all', paths: ['~/o.*$', '/a b'], headers: { 'x-a': ['1', 'no'] } }],
      plugins: [{ name: 'key-auth', config: { key_names: ['k'] } }],
    },
    { name: 'datagrams', protocol: 'udp', host: 'secure' },
  ],
  routes: [{ name: 'alone', hosts: ['*.example.com'] }],
  upstreams: [{ name: 'u', targets: [{ target: '10.0.0.1:80', weight: 0 }] }],
  consumers: [
    {
      username: 'anna',
      acls: [{ group: 'gold' }],
      keyauth_credentials: [{ key: 'anna-key' }],
      basicauth_credentials: [{ username: 'anna', password: 'wonderland' }],
      plugins: [
        { name: 'request-termination', service: 'orders', config: { message: 'héllo #1' } },
      ],
    },
  ],
  plugins: [{ name: 'prometheus' }],
};

describe('import and export', () => {
  let folder: string;
  let data: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-import-'));
    data = join(folder, 'data');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function importText(document: object | string, ...flags: string[]): Promise<CliResult> {
    const text = typeof document === 'string' ? document : JSON.stringify(document);
    return sluice(['import', '-', '--data', data, ...flags], {}, [text]);
  }

  async function exported(...flags: string[]): Promise<string> {
    const { status, stdout, stderr } = await sluice(['export', '--data', data, ...flags]);
    assert.equal(status, 0, stderr);
    return stdout;
  }

  async function stored(): Promise<{ revision: number; tables: EntityTables }> {
    const store = await openStore({ kind: 'sqlite', folder: data });
    try {
      return await store.load();
    } finally {
      await store.close();
    }
  }

  for (const format of ['yaml', 'json']) {
    it(`come back to the same by way of ${format}`, async () => {
      assert.equal((await importText(kong)).status, 0);
      const before = await stored();
      const text = await exported('--format', format);
      assert.equal(await exported('--format', format), text);
      const again = await importText(text);
      assert.match(again.stderr, /nothing to do/);
      data = join(folder, 'other');
      assert.equal((await importText(text)).status, 0);
      assert.deepEqual((await stored()).tables, before.tables);
      assert.equal(await exported('--format', format), text);
    });
  }

  it('keep what the file says, and hash its passwords once', async () => {
    await importText(kong);
    const { tables, revision } = await stored();
    const [credential] = tables.basicauth_credentials.values();
    assert.ok(credential);
    assert.ok(await verifyPassword(credential.password, 'wonderland', credential.consumer.id));
    assert.match((await importText(kong)).stderr, /nothing to do/);
    assert.equal((await stored()).revision, revision);
  });

  it('take a hash of our own for what it is, wherever it was dumped', async () => {
    const known = await hashPassword('wonderland');
    await importText(JSON.stringify(kong).replace('wonderland', known));
    const [credential] = (await stored()).tables.basicauth_credentials.values();
    assert.equal(credential?.password, known);
  });

  it("hash a password anew where Kong's hash is of the consumer that had it before", async () => {
    const [a, b, c] = ['a', 'b', 'c'].map((end) => `00000000-0000-4000-8000-00000000000${end}`);
    const old = hash('sha1', `wonderland${a}`);
    const credential = (password: string) => ({
      basicauth_credentials: [{ id: c, username: 'anna', password }],
    });
    const consumers = [
      { id: a, username: 'a' },
      { id: b, username: 'b' },
    ];
    const before = [{ ...consumers[0], ...credential(old) }, consumers[1]];
    await importText({ _format_version: '3.0', _transform: false, consumers: before });
    const after = [consumers[0], { ...consumers[1], ...credential('wonderland') }];
    await importText({ _format_version: '3.0', consumers: after });
    const { tables } = await stored();
    const [moved] = tables.basicauth_credentials.values();
    assert.ok(moved);
    assert.equal(moved.consumer.id, b);
    assert.ok(await verifyPassword(moved.password, 'wonderland', moved.consumer.id));
  });

  it('is warned of passwords that nobody can have', async () => {
    const dumped = [{ username: 'ada', password: '5f'.repeat(20) }];
    const consumers = [{ username: 'ada', basicauth_credentials: dumped }];
    const { stderr } = await importText({ _format_version: '3.0', consumers });
    assert.match(stderr, /^warning: without `_transform: false` .* consumer 'ada' has one/m);
  });

  it('give entities without an id the one that they have in the store', async () => {
    await importText(kong);
    const before = (await stored()).tables;
    const text = JSON.stringify(kong).replace('http://orders/v1', 'http://orders/v2');
    const { stderr } = await importText(text);
    assert.match(stderr, /^ {2}services: 1 changed\n(warning: .*\n)+imported as revision 2\n$/);
    const { tables } = await stored();
    assert.deepEqual([...tables.services.keys()], [...before.services.keys()]);
    const [orders] = [...tables.services.values()].filter(({ name }) => name === 'orders');
    assert.equal(orders?.path, '/v2');
  });

  it('delete only what they are told to', async () => {
    await importText(kong);
    const less = { ...kong, upstreams: [] };
    const refused = await importText(less);
    assert.equal(refused.status, 1);
    assert.match(refused.stderr, /2 entities that are in no file would be deleted\nSay --yes/);
    assert.equal((await stored()).tables.upstreams.size, 1);
    assert.equal((await importText(less, '--mode', 'merge')).status, 0);
    assert.equal((await stored()).tables.upstreams.size, 1);
    assert.equal((await importText(less, '--yes')).status, 0);
    assert.equal((await stored()).tables.upstreams.size, 0);
  });

  it('look for a store that is there, and make one only to import', async () => {
    for (const command of [['export'], ['import', '-', '--dry-run']]) {
      const document = JSON.stringify(kong);
      const { status, stderr } = await sluice([...command, '--data', data], {}, [document]);
      assert.equal(status, 1, command.join(' '));
      assert.match(stderr, /^sluice: there is no store in \S+data\nName the folder .* --data DIR/m);
      assert.equal(existsSync(data), false);
    }
    assert.match((await importText(kong)).stderr, /^created a new store in \S+data\n/);
    assert.doesNotMatch((await importText(kong)).stderr, /created/);
  });

  it('change nothing in a dry run', async () => {
    await stored();
    const { status, stderr } = await importText(kong, '--dry-run');
    assert.equal(status, 0);
    assert.match(stderr, /services: 2 new[^]*nothing was changed \(--dry-run\)\n$/);
    assert.equal((await stored()).revision, 0);
  });

  it('name everything that is wrong by its place, and store nothing', async () => {
    const { status, stderr } = await importText(
      '_format_version: "3.0"\nservices:\n- hots: h\nroutes:\n- paths: [x]\n',
    );
    assert.equal(status, 1);
    assert.match(stderr, /^stdin:3:\d+: /m);
    assert.match(stderr, /^stdin:5:\d+: /m);
    assert.match(stderr, /nothing was imported\n$/);
    assert.equal((await stored()).revision, 0);
  });

  it('refuse a plugin that would have to run and cannot, unless it is allowed', async () => {
    const unserved = { ...kong, plugins: [{ name: 'grpc-web' }] };
    const refused = await importText(unserved);
    assert.equal(refused.status, 1);
    assert.match(
      refused.stderr,
      /^stdin:1:\d+: plugin 'grpc-web' is one .* would have to run on routes .* \(with --allow-unsupported-plugins .*\)\n1 problem; nothing was imported\n$/,
    );
    assert.equal(existsSync(data), false, 'no store was made for it');
    assert.equal((await importText(unserved, '--allow-unsupported-plugins')).status, 0);
  });

  it('warn of what nodes will not serve as it is meant, in a dry run too', async () => {
    await stored();
    const partly = {
      ...kong,
      vaults: [{ name: 'env', prefix: 'mine' }],
      plugins: [{ name: 'grpc-web' }],
      upstreams: [{ name: 'u', healthchecks: { active: { healthy: { interval: 5 } } } }],
    };
    const flags = ['--allow-unsupported-plugins'];
    const dry = await importText(partly, '--dry-run', ...flags);
    const warnings = dry.stderr.split('\n').filter((line) => line.startsWith('warning: '));
    assert.deepEqual(
      warnings.map((line) => /udp|vault|active\.healthy|'grpc-web'/.exec(line)?.[0]).sort(),
      ["'grpc-web'", 'active.healthy', 'udp', 'vault'],
    );
    assert.match(
      dry.stderr,
      /'grpc-web' cannot run .* answer 503 on every node that is not started with --allow-unsupported-plugins\n/,
    );
    const { stderr } = await importText(partly, ...flags);
    for (const warning of warnings) assert.ok(stderr.includes(warning), warning);
  });

  it('name at once what is wrong and what could not be served', async () => {
    const text = `_format_version: "3.0"
services: [{name: s, hots: h}]
plugins: [{name: grpc-web}]
routes: [{name: r, paths: [/]}]
`;
    const refused = await importText(text);
    assert.match(
      refused.stderr,
      /^stdin:2:\d+: service 's': .*\nstdin:3:18: plugin 'grpc-web' .* \(with --allow-unsupported-plugins it is stored without effect\)\n2 problems; nothing/,
    );
    const allowed = await importText(text, '--allow-unsupported-plugins');
    assert.doesNotMatch(allowed.stderr, /grpc-web/);
  });

  it('do not take a file for the value of an option before it', async () => {
    const file = join(folder, 'kong.json');
    writeFileSync(file, JSON.stringify({ ...kong, plugins: [{ name: 'grpc-web' }] }));
    const flags = ['--data', data, '--allow-unsupported-plugins'];
    const { status, stderr } = await sluice(['import', ...flags, file]);
    assert.equal(status, 0, stderr);
  });

  it('name a plugin of the file by its place also where only the store makes it run', async () => {
    const service = { name: 's', host: 'h' };
    await importText({
      _format_version: '3.0',
      services: [{ ...service, routes: [{ name: 'r', paths: ['/'] }] }],
    });
    const text = JSON.stringify({
      _format_version: '3.0',
      services: [{ ...service, plugins: [{ name: 'grpc-web' }] }],
    });
    const { status, stderr } = await importText(text, '--mode', 'merge');
    assert.equal(status, 1);
    assert.match(
      stderr,
      new RegExp(
        `^stdin:1:${text.indexOf('{"name":"grpc-web"') + 1}: plugin 'grpc-web' .* route 'r'`,
      ),
    );
  });

  it('leave no store behind when none would take what is declared', async () => {
    const [one, two] = ['one', 'two'].map((name) => {
      const path = join(folder, `${name}.json`);
      const consumers = [{ username: name, custom_id: 'same' }];
      writeFileSync(path, JSON.stringify({ _format_version: '3.0', consumers }));
      return path;
    }) as [string, string];
    const { status, stderr } = await sluice(['import', one, two, '--data', data]);
    assert.equal(status, 1);
    assert.match(stderr, /two entities of consumers would have the same custom_id; nothing/);
    assert.equal(existsSync(data), false);
  });

  it('name what becomes of each entity in a dry run, and before they delete', async () => {
    await importText(kong);
    const services = [
      { name: 'datagrams', protocol: 'udp', host: 'secure', retries: 3 },
      { name: 'neu', host: 'n' },
    ];
    const changed = { _format_version: '3.0', services };
    const dry = await importText(changed, '--dry-run');
    assert.match(dry.stderr, /^ {2}services: 1 new, 1 changed, 1 deleted\n/m);
    assert.match(dry.stderr, /^ {4}\+ neu\n/m);
    assert.match(dry.stderr, /^ {4}~ datagrams: retries\n/m);
    assert.match(dry.stderr, /^ {4}- orders\n/m);
    assert.match(dry.stderr, /^ {4}- key-auth of service 'orders'\n/m);
    assert.match(dry.stderr, /^ {4}- gold of consumer 'anna'\n/m);
    assert.doesNotMatch(dry.stderr, /anna-key/);
    assert.match((await importText(changed)).stderr, /^ {4}- orders\n[^]* would be deleted\n/m);
  });

  it('name the first of many changes, or all of them when asked to', async () => {
    await stored();
    const consumers = Array.from({ length: 25 }, (_, n) => ({ username: `user-${n}` }));
    const document = { _format_version: '3.0', consumers };
    const some = (await importText(document, '--dry-run')).stderr;
    assert.equal(some.match(/^ {4}\+ user-/gm)?.length, 20);
    assert.match(some, /^ {4}and 5 more \(--verbose names all\)\n/m);
    const all = (await importText(document, '--verbose')).stderr;
    assert.equal(all.match(/^ {4}\+ user-/gm)?.length, 25);
  });

  it('take several files, but none of their entities twice', async () => {
    const [one, two] = [join(folder, 'one.json'), join(folder, 'two.json')];
    const consumer = (username: string): string =>
      JSON.stringify({ _format_version: '3.0', consumers: [{ username }] });
    writeFileSync(one, consumer('a'));
    writeFileSync(two, consumer('b'));
    assert.equal((await sluice(['import', one, two, '--data', data])).status, 0);
    assert.equal((await stored()).tables.consumers.size, 2);
    writeFileSync(two, consumer('a'));
    const { status, stderr } = await sluice(['import', one, two, '--data', data]);
    assert.equal(status, 1);
    assert.match(stderr, /two\.json:1:\d+: consumer 'a' is in \S+one\.json:1:\d+ already\n/);
  });

  it('write a file that only its owner may read, in the format of its name', async () => {
    await importText(kong);
    const file = join(folder, 'out.json');
    await exported('-o', file);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const { _format_version: version } = JSON.parse(readFileSync(file, 'utf8')) as {
      _format_version: string;
    };
    assert.equal(version, '3.0');
  });

  it('write what is in the copy of a node, for want of the store', async () => {
    await importText(kong);
    const { tables, revision } = await stored();
    const path = join(folder, 'snapshot.gz');
    const note = (): void => undefined;
    const log = { debug: note, info: note, warn: note, error: note };
    const copy = new SnapshotFile({ path, origin: 'postgres://gone/sluice', log });
    copy.save(createSnapshot(tables, revision), 'any');
    await copy.close();
    const expected = await exported();
    assert.equal((await sluice(['export', '--copy', path])).stdout, expected);
    const { status, stderr } = await sluice(['export', '--copy', join(folder, 'none')]);
    assert.equal(status, 1);
    assert.match(stderr, /^sluice: there is no copy .*\nA node with --database keeps one/);
  });

  it('say that passwords are hashed only where there are any', async () => {
    await importText({ _format_version: '3.0', services: [{ name: 's', host: 'h' }] });
    assert.doesNotMatch(await exported(), /_transform/);
    await importText(kong, '--yes');
    assert.match(await exported(), /^_transform: false$/m);
  });
});
