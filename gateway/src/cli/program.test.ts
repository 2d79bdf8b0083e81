import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { version } from '../version.ts';
import { sluice } from './testing/run-cli.ts';

describe('the command line', () => {
  it('shows its version and the Node that runs it', async () => {
    const { status, stdout } = await sluice(['version']);
    assert.equal(
      stdout,
      `sluice ${version} (from source)\nnode ${process.versions.node} (${process.platform}-${process.arch})\n`,
    );
    assert.equal(status, 0);
    assert.equal((await sluice(['--version'])).stdout, stdout);
  });

  it('shows help on stdout when asked to', async () => {
    const { status, stdout, stderr } = await sluice(['--help']);
    assert.match(stdout, /Commands:\n +start .*\n +check .*\n +import [^]*\n +version /);
    assert.equal(stderr, '');
    assert.equal(status, 0);
  });

  it('shows help on stderr when no command is given, as wrong usage', async () => {
    const { status, stdout, stderr } = await sluice([]);
    assert.match(stderr, /^Usage: sluice /);
    assert.equal(stdout, '');
    assert.equal(status, 2);
  });

  it('shows help of a command by either way of asking', async () => {
    const asked = await sluice(['help', 'start']);
    assert.equal(asked.status, 0);
    assert.match(asked.stdout, /^Usage: sluice start /);
    assert.equal(asked.stdout, (await sluice(['start', '--help'])).stdout);
    assert.equal((await sluice(['help'])).stdout, (await sluice(['--help'])).stdout);
  });

  it('says what a file that stands alone was meant for', async () => {
    const { status, stderr } = await sluice(['start', 'kong.yaml']);
    assert.match(stderr, /^sluice: 'kong.yaml' stands alone; did you mean --config kong.yaml\?\n/);
    assert.equal(status, 2);
  });

  it('checks what comes in through the standard input', async () => {
    const good = ['_format_version: "3.0"\nservices: [{name: "\u00e4', '", host: a}]\n'];
    assert.equal((await sluice(['check', '-'], {}, good)).stdout, 'stdin: ok, 1 service\n');
    const { status, stderr } = await sluice(['check', '-'], {}, ['services: 1\n']);
    assert.match(stderr, /^stdin:1:11: /m);
    assert.equal(status, 1);
  });

  it('names the nearest command to a misspelt one', async () => {
    const { status, stderr } = await sluice(['strat']);
    assert.equal(
      stderr,
      `sluice: unknown command 'strat'; did you mean start?\nRun "sluice --help" for help.\n`,
    );
    assert.equal(status, 2);
  });

  it('names the nearest option to a misspelt one', async () => {
    const { status, stderr } = await sluice(['start', '--confg', 'x.yaml']);
    assert.equal(
      stderr,
      `sluice: unknown option '--confg'; did you mean --config?\nRun "sluice start --help" for help.\n`,
    );
    assert.equal(status, 2);
  });

  it('asks for the files to check', async () => {
    const { status, stderr } = await sluice(['check']);
    assert.match(stderr, /^sluice: missing required argument 'file'\n/);
    assert.equal(status, 2);
  });

  it('refuses two homes of the configuration, without a stack trace', async () => {
    const { status, stderr } = await sluice(['start', '--config', 'a', '--database-file', 'b']);
    assert.match(
      stderr,
      /^sluice: --config and --database-file both say where the configuration lives\n.*import/,
    );
    assert.equal(status, 2);
  });

  it('warns of variables that are not settings', async () => {
    const { status, stderr } = await sluice(['start', '--print-settings'], { SLUICE_WORKER: '2' });
    assert.match(stderr, /^sluice: warning: .* SLUICE_WORKER .* did you mean SLUICE_WORKERS\?\n$/);
    assert.equal(status, 0);
  });
});

describe('sluice start --print-settings', () => {
  async function printed(...args: string[]): Promise<Record<string, { value: string }>> {
    const { status, stdout } = await sluice(['start', ...args, '--print-settings=json']);
    assert.equal(status, 0);
    return JSON.parse(stdout) as Record<string, { value: string }>;
  }

  it('is a table unless JSON is asked for', async () => {
    const { stdout } = await sluice(['start', '--print-settings', '--workers', '2']);
    assert.match(stdout, /^SETTING +VALUE +FROM\n/);
    assert.match(stdout, /^workers +2 +--workers$/m);
  });

  it('refuses bad values as a start would', async () => {
    const { status, stdout } = await sluice(['start', '--print-settings', '--workers', '0']);
    assert.equal(stdout, '');
    assert.equal(status, 2);
  });

  it('shows switches that are given plainly, with a value, or negated', async () => {
    const settings = await printed('--watch', '--real-ip-recursive=on', '--no-allow-debug-header');
    assert.equal(settings['watch']?.value, 'on');
    assert.equal(settings['real-ip-recursive']?.value, 'on');
    assert.equal(settings['allow-debug-header']?.value, 'off');
  });

  it('joins lists whose flag is repeated; of other flags the last one counts', async () => {
    const settings = await printed(
      ...['--trusted-ips', '10.0.0.0/8', '--trusted-ips', '::1'],
      ...['--workers', '2', '--workers', '3'],
    );
    assert.equal(settings['trusted-ips']?.value, '10.0.0.0/8,::1/128');
    assert.equal(settings['workers']?.value, '3');
  });
});
