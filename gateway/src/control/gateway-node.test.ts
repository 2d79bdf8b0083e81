import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { OperatorError } from '../errors.ts';
import { portOf } from '../settings/listen-kinds.ts';
import { resolveOptions } from '../settings/resolve.ts';
import { toNodeSettings } from '../settings/settings.ts';
import type { LeveledLog } from './gateway-log.ts';
import { GatewayNode } from './gateway-node.ts';

const good = '{"_format_version": "3.0", "services": [{"name": "s", "url": "http://h"}]}';
const other = '{"_format_version": "3.0"}';

describe('a gateway node', () => {
  let directory: string;
  let file: string;
  let node: GatewayNode;
  let lines: string[];
  let heard: () => void;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'sluice-node-'));
    file = join(directory, 'kong.json');
    lines = [];
    heard = () => {};
  });

  afterEach(async () => {
    await node.terminate();
    rmSync(directory, { recursive: true });
  });

  function create(text: string, flags: Readonly<Record<string, string>> = {}): void {
    writeFileSync(file, text);
    const note = (message: string): void => {
      lines.push(message);
      heard();
    };
    const log: LeveledLog = { level: 'info', debug: note, info: note, warn: note, error: note };
    const given = {
      config: file,
      'proxy-listen': '127.0.0.1:0',
      'status-listen': '127.0.0.1:0',
      'admin-listen': 'off',
      'access-log': 'off',
      workers: '1',
      'drain-timeout': '1s',
      ...flags,
    };
    const resolved = resolveOptions(given, {});
    const openAdmin = (): Promise<never> => Promise.reject(new Error('no Admin API was asked for'));
    node = new GatewayNode({ settings: toNodeSettings(resolved), resolved, log, openAdmin });
  }

  async function logged(pattern: RegExp): Promise<void> {
    while (!lines.some((line) => pattern.test(line))) {
      await new Promise<void>((resolve) => (heard = resolve));
    }
  }

  it('is ready when its threads listen, and tells where', async () => {
    create(good);
    assert.equal(node.status().notReady, 'no configuration available');
    await node.start();
    const { notReady, listen, served, threads, pendingRevision } = node.status();
    assert.equal(notReady, null);
    assert.equal(served?.revision, 1);
    assert.equal(pendingRevision, null);
    assert.deepEqual(threads, [{ index: 0, state: 'running', revision: 1, restarts: 0 }]);
    assert.notEqual(portOf(listen[0]!), 0);
    assert.match(lines.at(-1)!, new RegExp(`listening on http://127.0.0.1:${portOf(listen[0]!)};`));
  });

  describe('that cannot start', () => {
    const administered = { 'admin-listen': '127.0.0.1:0' };
    const data = (): string => join(directory, 'data');

    it('leaves nothing behind when its file is bad', async () => {
      create('{"services": 1}', { ...administered, data: data() });
      await assert.rejects(node.start(), OperatorError);
      assert.equal(existsSync(data()), false);
    });

    it('leaves nothing behind when its token file is no good', async () => {
      const token = join(directory, 'token');
      writeFileSync(token, 'short');
      create(good, { ...administered, data: data(), 'admin-token-file': token });
      await assert.rejects(node.start(), /token file \S+ holds 5 characters only/);
      assert.equal(existsSync(data()), false);
    });
  });

  it('is not ready while it drains', async () => {
    create(good);
    await node.start();
    const stopped = node.stop();
    assert.equal(node.status().notReady, 'draining');
    await stopped;
    assert.equal(lines.at(-1), 'stopped');
  });

  it('does not start with a bad file, and says all that is wrong with it', async () => {
    create('{"_format_version": "3.0",\n"services": [{"hots": "h"}],\n"rotes": []}');
    await assert.rejects(node.start(), (error) => {
      assert.ok(error instanceof OperatorError);
      assert.match(error.message, /kong\.json:2:\d+: /);
      assert.match(error.message, /kong\.json:3:\d+: /);
      return true;
    });
    assert.deepEqual(node.status().threads, []);
  });

  it('keeps its configuration when a reload finds a bad one, and tells of it', async () => {
    create(good);
    await node.start();
    writeFileSync(file, '{"_format_version": "3.0", "services": [{"hots": "h"}]}');
    node.reload('SIGHUP');
    await logged(/refused/);
    const { served, lastReload, reloadFailures } = node.status();
    assert.equal(served?.revision, 1);
    assert.equal(lastReload?.ok, false);
    assert.match(lastReload?.errors[0] ?? '', /kong\.json:1:\d+: /);
    assert.equal(reloadFailures, 1);
  });

  it('loads the file again when it changed, if it is to watch it', async () => {
    create(good, { watch: 'on' });
    await node.start();
    writeFileSync(file, other);
    await logged(/configuration loaded/);
    assert.equal(node.status().served?.revision, 2);
  });

  it('loads once more what it was told to load while it started', async () => {
    create(good);
    const started = node.start();
    node.reload('SIGHUP');
    await started;
    await logged(/configuration (loaded|unchanged)/);
  });

  it('names the access log that cannot be opened', async () => {
    const path = join(directory, 'missing', 'access.log');
    create(good, { 'access-log': path });
    await assert.rejects(node.start(), {
      name: 'OperatorError',
      message: `the access log ${path} cannot be opened: its directory does not exist`,
      help: 'Give it another file with --access-log FILE, or turn it off with --access-log off.',
    });
  });

  it('warns of what has less effect than in Kong, once', async () => {
    const route = '{"name": "r", "paths": ["/r"], "protocols": ["https"]}';
    create(`{"_format_version": "3.0", "routes": [${route}]}`);
    await node.start();
    node.reload('SIGHUP');
    await logged(/configuration unchanged/);
    const warnings = lines.filter((line) => line.includes('TLS'));
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /^no listener takes TLS: route 'r' answers 426 or a redirect/);
  });
});
