import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { OperatorError } from '../errors.ts';
import { LogSink, type LogSinkOptions } from './log-sink.ts';
import type { LogWriter } from './log-sink.fixture.ts';

const directory = mkdtempSync(join(tmpdir(), 'sluice-log-'));
after(() => rmSync(directory, { recursive: true, force: true }));

const writer = new URL('./log-sink.fixture.ts', import.meta.url);
let paths = 0;

function newPath(): string {
  return join(directory, `log-${paths++}`);
}

/** A named pipe and a descriptor to read it with; nothing reads it yet. */
function newPipe(): { path: string; reader: number } {
  const path = newPath();
  execFileSync('mkfifo', [path]);
  return { path, reader: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK) };
}

function readFrom(reader: number): Socket {
  return new Socket({ fd: reader, readable: true, writable: false });
}

function open(target: string, options: Partial<LogSinkOptions> = {}): LogSink {
  return new LogSink({ target, onProblem: (message) => assert.fail(message), ...options });
}

/** Checks that lines are whole, and that those of each name are all there and in order. */
function assertComplete(log: string, names: readonly string[], lines: number): void {
  const next = new Map(names.map((name) => [name, 0]));
  assert.ok(log.endsWith('\n'));
  for (const line of log.trimEnd().split('\n')) {
    const { name, number } = JSON.parse(line) as { name: string; number: number };
    assert.equal(number, next.get(name));
    next.set(name, number + 1);
  }
  for (const name of names) assert.equal(next.get(name), lines, `lines of ${name}`);
}

function startThread(task: LogWriter): Promise<number> {
  return new Promise((resolve, reject) => {
    new Worker(writer, { workerData: task }).on('message', resolve).on('error', reject);
  });
}

describe('log sink', () => {
  it('writes lines to a file that it makes, adding to one that is there', async () => {
    const path = newPath();
    for (const line of ['one\n', 'two\n']) {
      const sink = open(path);
      sink.append(line);
      await sink.close();
    }
    assert.equal(readFileSync(path, 'utf8'), 'one\ntwo\n');
  });

  it('makes a file that only its user and group may read', async () => {
    const path = newPath();
    await new LogSink({ target: path, onProblem: assert.fail }).close();
    assert.equal(statSync(path).mode & 0o137, 0);
  });

  it('writes without being told when lines have waited for their time', async () => {
    const { path, reader } = newPipe();
    const sink = open(path, { flushDelay: 5 });
    sink.append('waited\n');
    const stream = readFrom(reader);
    const [chunk] = (await once(stream, 'data')) as [Buffer];
    assert.equal(chunk.toString(), 'waited\n');
    await sink.close();
    stream.destroy();
  });

  it('writes characters beyond ASCII as UTF-8', async () => {
    const path = newPath();
    const sink = open(path);
    sink.append('ümläut 😀\n');
    await sink.close();
    assert.equal(readFileSync(path, 'utf8'), 'ümläut 😀\n');
  });

  it('writes to the new file after a rotation and loses no line', async () => {
    const path = newPath();
    const sink = open(path);
    sink.append('before\n');
    await sink.flush();
    renameSync(path, `${path}.1`);
    sink.append('between\n');
    sink.reopen();
    sink.append('after\n');
    await sink.close();
    const all = readFileSync(`${path}.1`, 'utf8') + readFileSync(path, 'utf8');
    assert.equal(all, 'before\nbetween\nafter\n');
    assert.match(readFileSync(path, 'utf8'), /after/);
  });

  it('keeps the old file when the new one cannot be opened, and says so', async () => {
    const home = newPath();
    execFileSync('mkdir', [home]);
    const path = join(home, 'log');
    const problems: string[] = [];
    const sink = open(path, { onProblem: (message) => problems.push(message) });
    renameSync(home, `${home}-moved`);
    sink.reopen();
    sink.append('still\n');
    await sink.close();
    assert.equal(readFileSync(join(`${home}-moved`, 'log'), 'utf8'), 'still\n');
    assert.match(problems[0]!, /directory does not exist; the old file stays in use/);
  });

  it('refuses a target that cannot be opened, with a hint', () => {
    assert.throws(
      () => open('/no/such/directory/log'),
      (error) => {
        assert.ok(error instanceof OperatorError);
        assert.match(error.message, /\/no\/such\/directory\/log/);
        assert.ok(error.help);
        return true;
      },
    );
  });

  it('refuses a named pipe that nobody reads', () => {
    const { path, reader } = newPipe();
    closeSync(reader);
    assert.throws(() => open(path), /nobody reads this named pipe/);
  });

  it('drops and counts lines when a pipe stalls, and goes on with whole lines', async () => {
    const { path, reader } = newPipe();
    const sink = open(path, { maxBytes: 100_000, flushBytes: 8192 });
    const line = (number: number): string => `${number} ${'x'.repeat(200)}\n`;
    let appended = 0;
    while (sink.dropped === 0) sink.append(line(appended++));
    assert.ok(appended * 200 > 100_000);
    const pipe = text(readFrom(reader));
    await sink.flush();
    const { dropped } = sink;
    sink.append('last\n');
    await sink.close();
    const lines = (await pipe).trimEnd().split('\n');
    assert.equal(lines.pop(), 'last');
    assert.equal(lines.length + dropped, appended);
    lines.forEach((one, i) => assert.equal(`${one}\n`, line(i)));
  });

  it('closes in time when a pipe stalls for good, and counts what it could not write', async () => {
    const { path, reader } = newPipe();
    const sink = open(path);
    for (let n = 0; n < 1000; n++) sink.append(`${'x'.repeat(199)}\n`);
    await sink.close(50);
    const buffer = Buffer.alloc(1 << 20);
    const written = readSync(reader, buffer);
    assert.equal(written % 200, 0);
    assert.equal(written / 200 + sink.dropped, 1000);
    closeSync(reader);
  });

  it('passes a line that no pipe takes in one piece', async () => {
    const { path, reader } = newPipe();
    const sink = open(path);
    const long = `${'x'.repeat(200_000)}\n`;
    sink.append('first\n');
    sink.append(long);
    sink.append('last\n');
    const pipe = text(readFrom(reader));
    await sink.close();
    assert.equal(await pipe, `first\n${long}last\n`);
  });

  it('drops and counts lines when the disk is full, says so once and goes on afterwards', async () => {
    const path = newPath();
    execFileSync('ln', ['-s', '/dev/full', path]);
    const problems: string[] = [];
    const sink = open(path, { onProblem: (message) => problems.push(message) });
    for (let n = 0; n < 3; n++) {
      sink.append(`lost ${n}\n`);
      await sink.flush();
    }
    assert.equal(sink.dropped, 3);
    assert.equal(problems.length, 1);
    assert.match(problems[0]!, /ENOSPC/);
    rmSync(path);
    writeFileSync(path, '');
    sink.reopen();
    sink.append('kept\n');
    await sink.close();
    assert.equal(readFileSync(path, 'utf8'), 'kept\n');
    assert.match(problems[1]!, /written again; lines dropped so far: 3/);
  });

  it('begins a new line after one that a full disk cut', (context) => {
    const shell = 'ulimit -f 1; exec "$0" "$@"';
    const path = newPath();
    const script = `
      const { LogSink } = await import(${JSON.stringify(new URL('./log-sink.ts', import.meta.url))});
      process.on('SIGXFSZ', () => {});
      const sink = new LogSink({ target: ${JSON.stringify(path)}, onProblem: () => {} });
      for (let n = 0; n < 200; n++) sink.append('x'.repeat(99) + '\\n');
      await sink.flush();
      (await import('node:fs')).truncateSync(${JSON.stringify(path)}, 150);
      sink.append('after\\n');
      await sink.close();
      console.log(sink.dropped);`;
    const args = ['-c', shell, process.execPath, '--input-type=module', '-e', script];
    const dropped = execFileSync('sh', args, { encoding: 'utf8' }).trim();
    const lines = readFileSync(path, 'utf8').split('\n');
    context.diagnostic(`${dropped} lines dropped`);
    assert.deepEqual(lines.slice(-2), ['after', '']);
    assert.ok(Number(dropped) > 100 && Number(dropped) < 200);
  });

  it('keeps lines of several threads whole in one pipe', async () => {
    const { path, reader } = newPipe();
    const names = ['a', 'b', 'c'];
    const threads = names.map((name) => startThread({ target: path, name, lines: 1500 }));
    // Holds the pipe open until all threads have opened it.
    const holder = openSync(path, constants.O_WRONLY);
    const log = text(readFrom(reader));
    assert.deepEqual(await Promise.all(threads), [0, 0, 0]);
    closeSync(holder);
    assertComplete(await log, names, 1500);
  });

  it('keeps lines of several threads whole in one file', async () => {
    const path = newPath();
    const names = ['a', 'b', 'c'];
    const threads = names.map((name) => startThread({ target: path, name, lines: 1500 }));
    assert.deepEqual(await Promise.all(threads), [0, 0, 0]);
    assertComplete(readFileSync(path, 'utf8'), names, 1500);
  });
});

describe('log sink on standard output', () => {
  function startProcess(stdout: 'pipe' | number): {
    child: ChildProcess;
    dropped: Promise<number>;
  } {
    const task: LogWriter = { target: 'stdout', name: 'p', lines: 1500 };
    const child = spawn(process.execPath, [fileURLToPath(writer), JSON.stringify(task)], {
      stdio: ['ignore', stdout, 'inherit', 'ipc'],
    });
    const dropped = new Promise<number>((resolve, reject) => {
      child.on('message', (count: number) => resolve(count)).on('error', reject);
      child.on('exit', (code) => reject(new Error(`exit ${code}`)));
    });
    return { child, dropped };
  }

  it('writes to a socket', async () => {
    const { child, dropped } = startProcess('pipe');
    const log = await text(child.stdout!);
    assert.equal(await dropped, 0);
    assertComplete(log, ['p'], 1500);
  });

  it('writes to a pipe', async () => {
    const { path, reader } = newPipe();
    const end = openSync(path, constants.O_WRONLY);
    const { dropped } = startProcess(end);
    closeSync(end);
    const log = text(readFrom(reader));
    assert.equal(await dropped, 0);
    assertComplete(await log, ['p'], 1500);
  });

  it('writes to a file without overwriting what is there', async () => {
    const path = newPath();
    writeFileSync(path, '');
    const end = openSync(path, 'a');
    const { dropped } = startProcess(end);
    closeSync(end);
    assert.equal(await dropped, 0);
    assertComplete(readFileSync(path, 'utf8'), ['p'], 1500);
  });
});
