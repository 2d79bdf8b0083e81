import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { hashOfSecret } from '../control/tokens/secret.ts';
import { sluice, type CliResult } from './testing/run-cli.ts';

interface Listed {
  readonly name: string;
  readonly id: string;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
}

for (const [home, flags] of [
  ['in a store', []],
  ['beside a file', ['--config', 'kong.yaml']],
] as const) {
  describe(`tokens ${home}`, () => {
    let data: string;
    beforeEach(() => (data = mkdtempSync(join(tmpdir(), 'sluice-token-'))));
    afterEach(() => rmSync(data, { recursive: true }));

    const token = (...args: string[]): Promise<CliResult> =>
      sluice(['token', ...args, '--data', data, ...flags]);

    async function listed(): Promise<Listed[]> {
      return JSON.parse((await token('list', '--json')).stdout) as Listed[];
    }

    it('are printed once, alone, and kept as a hash', async () => {
      const { stdout, stderr, status } = await token('create', 'ci');
      assert.equal(status, 0);
      assert.match(stdout, /^sluice_[\w-]{43}\n$/);
      assert.match(stderr, /created token ci \(\S+\), does not expire; it is not shown again/);
      const { stdout: list } = await token('list', '--json');
      assert.ok(!list.includes(stdout.trim()) && !list.includes(hashOfSecret(stdout.trim())));
    });

    it('are made at a new place that is named, and looked for at none', async () => {
      data = join(data, 'new');
      for (const args of [['list'], ['revoke', 'ci']]) {
        const { status, stderr } = await token(...args);
        assert.equal(status, 1);
        assert.match(
          stderr,
          /^sluice: there (is no store|are no tokens .*) in .*\nName the folder/,
        );
        assert.equal(existsSync(data), false);
      }
      const first = await token('create', 'ci');
      assert.match(
        first.stderr,
        /^created a new (store|list of tokens) in \S+\/new\ncreated token/,
      );
      assert.match((await token('create', 'cd')).stderr, /^created token/);
      data = join(data, '..');
    });

    it('are put where others can read only with a warning', async () => {
      chmodSync(data, 0o755);
      const { stderr } = await token('create', 'ci');
      assert.match(stderr, /\nwarning: every user of this machine can get at .*: chmod 700 /);
    });

    it('expire when they are told to', async () => {
      await token('create', 'ci', '--expires', '90d');
      const [only] = await listed();
      const days = (Date.parse(only?.expires_at ?? '') - Date.now()) / 86_400_000;
      assert.ok(days > 89.9 && days <= 90, `${days}`);
    });

    it('are revoked by name or id, once', async () => {
      await token('create', 'ci');
      assert.equal((await token('revoke', 'ci')).status, 0);
      assert.notEqual((await listed())[0]?.revoked_at, null);
      const again = await token('revoke', 'ci');
      assert.equal(again.status, 1);
      assert.match(again.stderr, /there is no token of the name or id ci/);
      await token('create', 'ci');
      const { id } = (await listed()).find((one) => one.revoked_at === null)!;
      assert.equal((await token('revoke', id)).status, 0);
    });

    it('have names that are free', async () => {
      await token('create', 'ci');
      const { status, stderr } = await token('create', 'ci');
      assert.equal(status, 1);
      assert.match(stderr, /there is a token of the name ci already/);
    });

    it('are shown to people', async () => {
      await token('create', 'ci', '--expires', '1y');
      const { stdout } = await token('list');
      assert.match(
        stdout,
        /^NAME +ID +CREATED +LAST USED +STATE\nci +\S+ +[\d-]+ [\d:]+ +never +expires /,
      );
    });

    it('are refused for odd names and times', async () => {
      for (const args of [
        ['a b'],
        ['x'.repeat(65)],
        ['ci', '--expires', 'soon'],
        ['ci', '--expires', '0d'],
      ]) {
        assert.equal((await token('create', ...args)).status, 2, args.join(' '));
      }
    });

    it('are kept where the node looks for them', async () => {
      await token('create', 'ci');
      assert.equal(existsSync(join(data, 'tokens.json')), flags.length > 0);
      assert.equal(existsSync(join(data, 'sluice.db')), flags.length === 0);
    });
  });
}

describe('tokens of a folder', () => {
  it('that belongs to a gateway with a file are not put into a store that it never reads', async () => {
    const data = mkdtempSync(join(tmpdir(), 'sluice-token-'));
    await sluice(['token', 'create', 'ci', '--data', data, '--config', 'kong.yaml']);
    for (const args of [['create', 'cd'], ['list']]) {
      const { status, stderr } = await sluice(['token', ...args, '--data', data]);
      assert.equal(status, 1);
      assert.match(stderr, /is the folder of a gateway that serves a file\nSay --config FILE/);
    }
    assert.equal(existsSync(join(data, 'sluice.db')), false);
    rmSync(data, { recursive: true });
  });
});
