import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { parseCoreTicks, parseStat, parseStatusBytes, treeOf, usageOf } from './procfs.ts';

const linux = process.platform === 'linux';

describe('procfs', () => {
  it('reads user and system time of a process whose name holds spaces and parentheses', () => {
    const text = '4711 (a) b (c) S 12 4711 4711 0 -1 4194304 100 0 1 0 1500 300 7 8 20 0 5 0 90';
    assert.deepEqual(parseStat(text), { pid: 4711, parent: 12, ticks: 1800 });
  });

  it('reads memory from a status file', () => {
    const text = 'Name:\tnode\nVmHWM:\t    2048 kB\nVmRSS:\t    1024 kB\n';
    assert.equal(parseStatusBytes(text, 'VmRSS'), 1024 * 1024);
    assert.equal(parseStatusBytes(text, 'VmSwap'), 0);
  });

  it('finds descendants of any depth, and no others', () => {
    const parents = { 1: 0, 2: 1, 3: 2, 4: 1, 5: 3 };
    const processes = Object.entries(parents).map(([pid, parent]) => ({
      pid: Number(pid),
      parent,
      ticks: 0,
    }));
    const pids = treeOf(2, processes).map(({ pid }) => pid);
    assert.deepEqual(pids.sort(), [2, 3, 5]);
    assert.deepEqual(treeOf(99, processes), []);
  });

  it('reads how long a core was not idle', () => {
    const text = 'cpu  9 9 9 9 9 9 9 9 0 0\ncpu1 1 2 4 1000 1000 8 16 32 64 0\n';
    assert.equal(parseCoreTicks(text, 1), 63);
  });

  it('counts the time of all threads of a process', { skip: !linux }, async () => {
    const before = usageOf(process.pid);
    // Runs until the process has used another 50 ms, whichever thread used them.
    const spin = `const { parentPort } = require('node:worker_threads');
      const start = process.threadCpuUsage();
      while (process.threadCpuUsage(start).user < 50_000);
      parentPort.postMessage('done');`;
    const worker = new Worker(spin, { eval: true });
    await new Promise((resolve, reject) => worker.on('exit', resolve).on('error', reject));
    const after = usageOf(process.pid);
    assert.ok(
      after.cpuMicros - before.cpuMicros >= 40_000,
      `${after.cpuMicros - before.cpuMicros}`,
    );
  });

  it('reads its own process as the system shows it', { skip: !linux }, () => {
    const { pid, parent } = parseStat(readFileSync('/proc/self/stat', 'utf8'));
    assert.deepEqual([pid, parent], [process.pid, process.ppid]);
    assert.ok(usageOf(process.pid).residentBytes > 1024 * 1024);
  });

  it('says when there is no such process', { skip: !linux }, () => {
    assert.throws(() => usageOf(2 ** 30), /no process 1073741824/);
  });
});
