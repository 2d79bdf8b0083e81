import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { runSluice, type CommandResult } from '../support/command.ts';

describe('What goes wrong at the start is one clear message and an exit status', () => {
  let directory: string;
  let good: string;

  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'sluice-test-'));
    good = file('good.yaml', "_format_version: '3.0'\n");
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  function file(name: string, text: string): string {
    const path = join(directory, name);
    writeFileSync(path, text);
    return path;
  }

  function start(...args: string[]): Promise<CommandResult> {
    const usual = { proxy: '127.0.0.1:0', status: 'off', admin: 'off' };
    const listeners = Object.entries(usual).flatMap(([name, value]) =>
      args.includes(`--${name}-listen`) ? [] : [`--${name}-listen`, value],
    );
    return runSluice(['start', ...listeners, ...args], directory);
  }

  function assertFailed(result: CommandResult, code: number, ...says: RegExp[]): void {
    assert.equal(result.code, code, result.stderr);
    for (const pattern of says) assert.match(result.stderr, pattern);
    assert.doesNotMatch(result.stderr, /\n\s+at .*[(:]\d+/, 'a stack trace');
    assert.ok(result.stderr.split('\n').length < 20, result.stderr);
  }

  it('a missing file', async () => {
    assertFailed(await start('--config', join(directory, 'missing.yaml')), 1, /missing\.yaml/);
  });

  it('a directory in place of a file', async () => {
    assertFailed(await start('--config', directory), 1, /directory/i);
  });

  it('a file that is not YAML', async () => {
    const path = file('broken.yaml', 'services:\n  - name: [\n');
    assertFailed(await start('--config', path), 1, /broken\.yaml:\d+:\d+/);
  });

  it('a misspelt field, with the nearest right one', async () => {
    const text =
      "_format_version: '3.0'\nservices:\n  - name: orders\n    url: http://h\n    retires: 3\n";
    const path = file('misspelt.yaml', text);
    assertFailed(await start('--config', path), 1, /misspelt\.yaml:5:5/, /retires/, /retries/);
  });

  it('all errors of a file at once', async () => {
    const text = [
      "_format_version: '3.0'",
      'services:',
      '  - name: a',
      '    host: h',
      '    port: 99999999',
      '  - name: b',
      '    host: h',
      '    protocol: gopher',
      '',
    ];
    const path = file('two.yaml', text.join('\n'));
    assertFailed(await start('--config', path), 1, /two\.yaml:5:/, /two\.yaml:8:/);
  });

  it('an unknown option', async () => {
    assertFailed(await start('--config', good, '--wrokers', '2'), 2, /--wrokers/, /--workers/);
  });

  it('an option with a bad value', async () => {
    assertFailed(await start('--config', good, '--workers', 'many'), 2, /--workers/, /many/);
  });

  it('a database that is none', async () => {
    assertFailed(await start('--database', 'mysql://u:secret@h/d'), 2, /--database does not begin/);
  });

  it('an unknown command', async () => {
    assertFailed(await runSluice(['sttart']), 2, /sttart/);
  });

  it('a port in use', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const proxy = ['--proxy-listen', `127.0.0.1:${port}`];
      assertFailed(
        await start('--config', good, ...proxy),
        1,
        new RegExp(`127\\.0\\.0\\.1:${port}`),
      );
      const status = ['--status-listen', `127.0.0.1:${port}`];
      assertFailed(
        await start('--config', good, ...status),
        1,
        new RegExp(`127\\.0\\.0\\.1:${port}`),
      );
    } finally {
      server.close();
    }
  });

  it('an access log that cannot be written', async () => {
    const log = ['--access-log', join(directory, 'no-such-directory', 'access.log')];
    const said = /^sluice: the access log \S+no-such-directory\S+ cannot be opened: its directory/;
    assertFailed(await start('--config', good, ...log), 1, said);
  });
});

describe('sluice check', () => {
  let directory: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'sluice-test-'));
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  function check(text: string, ...args: string[]): Promise<CommandResult> {
    writeFileSync(join(directory, 'kong.yaml'), text);
    return runSluice(['check', 'kong.yaml', ...args], directory);
  }

  it('says that a good file is good', async () => {
    const result = await check(
      "_format_version: '3.0'\nservices:\n  - name: s\n    url: http://h\n",
    );
    assert.equal(result.code, 0, result.stderr);
  });

  it('names file, line and column of what is wrong', async () => {
    const result = await check("_format_version: '3.0'\nservices:\n  - name: s\n    hosst: h\n");
    assert.equal(result.code, 1);
    assert.match(result.stdout + result.stderr, /kong\.yaml:4:5/);
    assert.match(result.stdout + result.stderr, /\bhost\b/);
  });

  it('names the nearest plugin', async () => {
    const result = await check("_format_version: '3.0'\nplugins:\n  - name: key-aut\n");
    assert.equal(result.code, 1);
    assert.match(result.stdout + result.stderr, /key-auth/);
  });

  it('reports what Sluice does not have yet, with counts', async () => {
    const text = [
      "_format_version: '3.0'",
      'plugins:',
      '  - name: zipkin',
      '    config: {http_endpoint: http://z}',
      'services:',
      '  - name: s',
      '    url: http://h',
      '    plugins:',
      '      - name: zipkin',
      '',
    ];
    const result = await check(text.join('\n'), '--report');
    assert.match(result.stdout + result.stderr, /zipkin.*\b2\b|\b2\b.*zipkin/);
  });

  it('a missing file is one message', async () => {
    const result = await runSluice(['check', 'absent.yaml'], directory);
    assert.equal(result.code, 1);
    assert.match(result.stderr + result.stdout, /absent\.yaml/);
    assert.doesNotMatch(result.stderr, /\n\s+at /);
  });
});
