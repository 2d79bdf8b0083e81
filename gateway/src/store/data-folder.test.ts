import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { OperatorError } from '../errors.ts';
import { exposedIn, prepareDataFolder } from './data-folder.ts';

describe('the data directory', () => {
  let root: string;
  let folder: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'sluice-data-'));
    folder = join(root, 'a', 'data');
    prepareDataFolder(folder);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function file(name: string, mode: number): void {
    writeFileSync(join(folder, name), '');
    chmodSync(join(folder, name), mode);
  }

  it('is made for its owner only', () => {
    assert.equal(statSync(folder).mode & 0o777, 0o700);
    assert.deepEqual(exposedIn(folder), []);
  });

  it('cannot be where there is a file', () => {
    file('plain', 0o600);
    assert.throws(() => prepareDataFolder(join(folder, 'plain')), OperatorError);
    assert.throws(() => prepareDataFolder(join(folder, 'plain', 'in')), OperatorError);
  });

  it(
    'that the system refuses to make is told, even where it pretends that the parent is missing',
    { skip: process.platform !== 'linux' && 'only Linux has /proc' },
    () => {
      assert.throws(() => prepareDataFolder('/proc/sluice/data'), {
        name: 'OperatorError',
        message: /\/proc\/sluice\/data cannot be used: nothing can be made there/,
      });
    },
  );

  it('that others can get at is told, and how to mend it', () => {
    chmodSync(folder, 0o755);
    const [only, ...more] = exposedIn(folder);
    assert.match(only ?? '', /every user of this machine .*: chmod 700 \//);
    assert.deepEqual(more, []);
  });

  it('may be for a group', () => {
    chmodSync(folder, 0o750);
    file('sluice.db', 0o640);
    assert.deepEqual(exposedIn(folder), []);
  });

  it('with a copy of secrets that others can read is told by the file', () => {
    file('sluice.db', 0o644);
    file('notes.txt', 0o644);
    const [only, ...more] = exposedIn(folder);
    assert.match(only ?? '', /chmod 600 \/.*sluice\.db$/);
    assert.deepEqual(more, []);
  });
});
