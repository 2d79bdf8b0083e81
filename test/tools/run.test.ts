import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { describe, it } from 'node:test';

const passing = `import { it } from 'node:test'; it('works', () => {});`;
const failing = `import { it } from 'node:test'; it('works', () => { throw new Error('no'); });`;

/** Runs the runner in a workspace of its own. */
function runTests(
  files: Readonly<Record<string, string>>,
  { words = [], patience }: { words?: string[]; patience?: number } = {},
) {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-run-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(folder, dirname(path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    // With this variable Node takes the run for a part of ours and skips it.
    const env = { ...process.env };
    delete env['NODE_TEST_CONTEXT'];
    if (patience !== undefined) env['TEST_PATIENCE_MS'] = String(patience);
    const runner = resolve('test/run.ts');
    const result = spawnSync(process.execPath, [runner, ...words], { cwd: folder, env });
    return {
      status: result.status,
      stdout: result.stdout.toString(),
      stderr: result.stderr.toString(),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('npm test', () => {
  it('runs tests beside the source and black-box ones, and ends in a summary', () => {
    const { status, stdout } = runTests({
      'gateway/src/a.test.ts': passing,
      'test/b.test.ts': passing,
      'gateway/dist/c.test.ts': failing,
      'test/node_modules/d.test.ts': failing,
    });
    assert.match(stdout, /tests 2\n.*suites 0\n.*pass 2\n.*fail 0\n/);
    assert.equal(status, 0);
  });

  it('fails when a test fails', () => {
    const { status } = runTests({ 'test/a.test.ts': passing, 'test/b.test.ts': failing });
    assert.equal(status, 1);
  });

  it('says what was not tested, and why', () => {
    const skipping = `import { it } from 'node:test'; it('works', { skip: 'no rain today' }, () => {});`;
    const files = { 'test/a.test.ts': skipping, 'test/b.test.ts': skipping };
    const { status, stderr } = runTests(files);
    assert.equal(stderr, 'NOT TESTED: no rain today\n');
    assert.equal(status, 0);
  });

  it('fails when a file cannot be loaded', () => {
    const { status } = runTests({ 'test/a.test.ts': `import './missing.ts';` });
    assert.equal(status, 1);
  });

  it('fails when a file holds no test, and names it', () => {
    const { status, stderr } = runTests({ 'test/a.test.ts': passing, 'test/b.test.ts': '' });
    assert.match(stderr, /^\S+test\/b\.test\.ts holds no test\n$/);
    assert.equal(status, 1);
  });

  it('fails when there is nothing to run', () => {
    const { status, stderr } = runTests({ 'test/a.test.ts': passing }, { words: ['router'] });
    assert.match(stderr, /no test file has a path with router in it/);
    assert.equal(status, 1);
  });

  it('gives up on a file that leaves something running, and names it', () => {
    const leaking = `${passing} setInterval(() => {}, 1000);`;
    const { status, stderr } = runTests({ 'test/a.test.ts': leaking }, { patience: 3000 });
    assert.match(stderr, /^\S+test\/a\.test\.ts hangs\n$/);
    assert.equal(status, 1);
  });

  it('runs the files whose path contains a word', () => {
    const { status, stdout } = runTests(
      { 'test/good.test.ts': passing, 'test/bad.test.ts': failing },
      { words: ['good'] },
    );
    assert.match(stdout, /tests 1\n/);
    assert.equal(status, 0);
  });
});
