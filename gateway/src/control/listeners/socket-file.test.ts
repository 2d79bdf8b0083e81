import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { OperatorError } from '../../errors.ts';
import { clearSocketFile } from './socket-file.ts';

describe('The path of a unix socket', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-sockets-'));
  after(() => rmSync(folder, { recursive: true }));

  const refusalOf = (path: string): Promise<string> =>
    clearSocketFile(path, '--proxy-listen').then(
      () => assert.fail('it was accepted'),
      (error: unknown) => {
        assert.ok(error instanceof OperatorError);
        assert.match(error.help ?? '', /--proxy-listen/);
        return error.message;
      },
    );

  it('may be free', async () => {
    await clearSocketFile(join(folder, 'a.sock'), '--proxy-listen');
  });

  it('has to be in a folder', async () => {
    const missing = join(folder, 'missing');
    assert.equal(
      await refusalOf(join(missing, 'a.sock')),
      `cannot listen on unix:${missing}/a.sock: the folder ${missing} does not exist`,
    );
    const file = join(folder, 'file');
    writeFileSync(file, '');
    assert.match(await refusalOf(join(file, 'a.sock')), /file is no folder$/);
  });

  it('has to be short enough for the system', async () => {
    const long = join(folder, 'a'.repeat(100));
    assert.match(await refusalOf(long), /: the path has more than 99 bytes$/);
  });
});
