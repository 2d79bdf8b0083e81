import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { readImports } from './import-graph.ts';
import { brokenRules } from './import-rules.ts';

/** What is wrong in a source folder that holds these files. */
function problemsOf(files: Readonly<Record<string, string>>): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-imports-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(folder, dirname(path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return brokenRules(readImports(folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('import rules', () => {
  it('let imports go down and sideways', () => {
    const problems = problemsOf({
      'cli/start.ts': `import '../control/gateway.ts'; import '../settings/x.ts';`,
      'telemetry/x.ts': `import type { Y } from '../snapshot/y.ts';`,
      'plugins/registry.ts': `import a from './acl/acl.ts';`,
      'plugins/acl/acl.ts': `import '../../plugin/plugin.ts'; import './groups.ts'; import 'node:net';`,
    });
    assert.deepEqual(problems, []);
  });

  it('name the file and line of an import that goes up', () => {
    const problems = problemsOf({
      'shm/table.ts': `// one\n\nimport type { X } from '../proxy/x.ts';\n`,
    });
    assert.equal(problems.length, 1);
    assert.match(problems[0] ?? '', /^shm\/table\.ts:3: shm may not import proxy; .*cli → admin/);
  });

  it('see re-exports, type imports and imports at run time', () => {
    const problems = problemsOf({
      'entities/a.ts': `export { x } from '../config/x.ts';`,
      'entities/b.ts': `export type * from '../config/x.ts';`,
      'entities/c.ts': `const x = await import('../config/x.ts');`,
      'entities/d.ts': `export type X = import('../config/x.ts').X;`,
    });
    assert.deepEqual(
      problems.map((problem) => problem.split(':')[0]),
      ['entities/a.ts', 'entities/b.ts', 'entities/c.ts', 'entities/d.ts'],
    );
  });

  it('keep the store out of the proxy', () => {
    const problems = problemsOf({ 'proxy/x.ts': `import '../store/memory.ts';` });
    assert.deepEqual(problems, ['proxy/x.ts:1: proxy may not import store']);
  });

  it('keep a plugin to plugin/ and its own folder', () => {
    const problems = problemsOf({
      'plugins/acl/acl.ts': `import '../key-auth/key.ts';\nimport '../../entities/x.ts';`,
    });
    assert.deepEqual(problems, [
      'plugins/acl/acl.ts:1: a plugin may import plugin/ and libraries only, not plugins/key-auth/key.ts',
      'plugins/acl/acl.ts:2: a plugin may import plugin/ and libraries only, not entities/x.ts',
    ]);
  });

  it('leave tests free, but keep what is for tests out of the gateway', () => {
    const problems = problemsOf({
      'shm/table.test.ts': `import '../control/gateway.ts';`,
      'shm/table.ts': `import './testing/helper.ts';`,
    });
    assert.deepEqual(problems, ['shm/table.ts:1: shm/testing/helper.ts is there for tests only']);
  });

  it('show the way round a circle of files', () => {
    const problems = problemsOf({
      'proxy/a.ts': `import './b.ts';`,
      'proxy/b.ts': `import './c.ts';`,
      'proxy/c.ts': `import './a.ts';`,
    });
    assert.deepEqual(problems, [
      'proxy/a.ts:1: imports go in a circle in proxy/' +
        '\n    a.ts → b.ts at proxy/a.ts:1' +
        '\n    b.ts → c.ts at proxy/b.ts:1' +
        '\n    c.ts → a.ts at proxy/c.ts:1',
    ]);
  });

  it('find a circle of folders that no two files make', () => {
    const problems = problemsOf({
      'snapshot/a.ts': `import '../store/b.ts';`,
      'store/c.ts': `import '../snapshot/d.ts';`,
    });
    assert.equal(problems.length, 1);
    assert.match(
      problems[0] ?? '',
      /circle in src\/\n {4}snapshot → store .*\n {4}store → snapshot/,
    );
  });

  it('ask for a place for a new folder', () => {
    const problems = problemsOf({ 'utils/a.ts': `import '../shm/b.ts';` });
    assert.match(problems.join(), /utils has no place in the order of imports/);
  });
});
