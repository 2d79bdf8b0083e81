import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { watchFile } from './watch.ts';
import type { FileWatch, WatchOptions } from './watch.ts';

/** Long enough that only an event can be in time for the test. */
const NEVER = 3_600_000;

describe('watching the configuration file', () => {
  let directory: string;
  let path: string;
  let watch: FileWatch | null;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'sluice-watch-'));
    path = join(directory, 'config.yaml');
    watch = null;
  });

  afterEach(() => {
    watch?.close();
    rmSync(directory, { recursive: true });
  });

  /** Resolves at the next change that is noticed. */
  function nextChange({ settle = 5, poll = NEVER }: WatchOptions = {}): Promise<void> {
    return new Promise((resolve) => {
      watch?.close();
      watch = watchFile(path, resolve, { settle, poll });
    });
  }

  /** Puts a file in place that was written some time ago. */
  function moveIn(text: string): void {
    const before = join(directory, '.new');
    writeFileSync(before, text);
    const past = new Date(Date.now() - 60_000);
    utimesSync(before, past, past);
    renameSync(before, path);
  }

  it('notices an edit in place', async () => {
    writeFileSync(path, 'a');
    const changed = nextChange();
    writeFileSync(path, 'bb');
    await changed;
  });

  it('notices a file renamed over it, again and again', async () => {
    writeFileSync(path, 'a');
    for (const text of ['b', 'c']) {
      const changed = nextChange();
      writeFileSync(join(directory, '.new'), text);
      renameSync(join(directory, '.new'), path);
      await changed;
    }
  });

  it('does not wait for a file to settle that was finished before it was moved into place', async () => {
    writeFileSync(path, 'a');
    const changed = nextChange({ settle: NEVER });
    moveIn('b');
    await changed;
  });

  it('waits until a file that is written in its place has settled', async () => {
    writeFileSync(path, 'a');
    let calls = 0;
    watch = watchFile(path, () => calls++, { settle: NEVER, poll: NEVER });
    const other = new Promise<void>((resolve) => {
      const neighbour = watchFile(path, () => (neighbour.close(), resolve()), { settle: 50 });
    });
    unlinkSync(path);
    writeFileSync(path, 'bb');
    await other;
    assert.equal(calls, 0);
  });

  it('notices a link swapped as Kubernetes does', async () => {
    for (const version of ['v1', 'v2']) {
      mkdirSync(join(directory, version));
      writeFileSync(join(directory, version, 'config.yaml'), version);
    }
    symlinkSync('v1', join(directory, '..data'));
    symlinkSync(join('..data', 'config.yaml'), path);
    const changed = nextChange();
    symlinkSync('v2', join(directory, '..data_tmp'));
    renameSync(join(directory, '..data_tmp'), join(directory, '..data'));
    await changed;
  });

  it('notices a file that was deleted and written anew', async () => {
    writeFileSync(path, 'a');
    const changed = nextChange();
    unlinkSync(path);
    writeFileSync(path, 'b');
    await changed;
  });

  it('notices by looking what no event tells of', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'sluice-watch-'));
    try {
      const target = join(elsewhere, 'target.yaml');
      writeFileSync(target, 'a');
      symlinkSync(target, path);
      const changed = nextChange({ poll: 10 });
      writeFileSync(target, 'bb');
      await changed;
    } finally {
      rmSync(elsewhere, { recursive: true });
    }
  });

  it('says nothing of other files in the directory', async () => {
    writeFileSync(path, 'a');
    let calls = 0;
    watch = watchFile(path, () => calls++, { settle: 1, poll: NEVER });
    // A second watch on the neighbour shows that the events have come through.
    await new Promise<void>((resolve) => {
      const neighbour = join(directory, 'access.log');
      const other = watchFile(neighbour, () => (other.close(), resolve()), { settle: 5 });
      writeFileSync(neighbour, 'line');
    });
    assert.equal(calls, 0);
    const changed = nextChange();
    writeFileSync(path, 'bb');
    await changed;
  });

  it('tells of a file that stays away only where that is wanted, and of its return', async () => {
    writeFileSync(path, 'a');
    const changes: string[] = [];
    const options = { settle: 5, poll: 10 };
    const silent = watchFile(path, () => changes.push('not asked'), options);
    const [away, back] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let next = away;
    watch = watchFile(path, () => next.resolve(), { ...options, absence: 50 });
    try {
      renameSync(path, `${path}.away`);
      await away.promise;
      assert.deepEqual(changes, []);
      next = back;
      renameSync(`${path}.away`, path);
      await back.promise;
    } finally {
      silent.close();
    }
  });
});
