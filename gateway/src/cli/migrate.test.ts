import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { PostgresServer, withoutPostgres } from '../../../test/support/postgres.ts';
import { sluice } from './testing/run-cli.ts';

describe('sluice migrate', () => {
  const root = mkdtempSync(join(tmpdir(), 'sluice-migrate-'));
  after(() => rmSync(root, { recursive: true }));
  const data = join(root, 'data');

  it('only looks with --status', async () => {
    const { status, stderr } = await sluice(['migrate', '--status', '--data', data]);
    assert.equal(status, 1);
    assert.match(stderr, /^sluice: there is no store in \S+data\n/);
    assert.equal(existsSync(data), false);
  });

  it('says so when it makes a store, which may not have been meant', async () => {
    const { status, stdout } = await sluice(['migrate', '--data', data]);
    assert.equal(status, 0);
    assert.match(stdout, /^done: created a new store in \S+data\ndone: 1: /);
    assert.equal((await sluice(['migrate', '--data', data])).stdout, 'nothing to do\n');
    assert.equal((await sluice(['migrate', '--status', '--data', data])).status, 0);
  });

  it('finds no store in an empty database either', { skip: withoutPostgres }, async () => {
    const server = await PostgresServer.start();
    try {
      const database = await server.createDatabase();
      const { status, stderr } = await sluice(['migrate', '--status', '--database', database]);
      assert.equal(status, 1);
      assert.match(stderr, /^sluice: there is no store in the database \S+ at /);
      assert.equal((await sluice(['migrate', '--database', database])).status, 0);
      assert.equal((await sluice(['migrate', '--status', '--database', database])).status, 0);
    } finally {
      await server.dispose();
    }
  });
});
