import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { PostgresServer, withoutPostgres } from '../../../../test/support/postgres.ts';
import { HealthRecord } from '../health.ts';
import { readConnectionUrl } from './connection-url.ts';
import { PostgresDatabase } from './postgres-database.ts';

describe('a session with PostgreSQL', { skip: withoutPostgres }, () => {
  let server: PostgresServer;
  before(async () => {
    server = await PostgresServer.start();
  });
  after(() => server.dispose());

  async function withDatabase(
    setting: string,
    work: (durability: () => Promise<unknown>) => Promise<void>,
  ): Promise<void> {
    const url = await server.createDatabase();
    await server.query(
      `ALTER DATABASE ${new URL(url).pathname.slice(1)} SET synchronous_commit = ${setting}`,
    );
    const database = new PostgresDatabase(readConnectionUrl(url), 1, new HealthRecord());
    const show = { sql: 'SHOW synchronous_commit', parameters: [] };
    try {
      await work(() => database.read(async (session) => (await session.rows(show))[0]?.[0]));
    } finally {
      await database.close();
    }
  }

  it('waits for the disk at a commit even where the database says not to', () =>
    withDatabase('off', async (durability) => {
      assert.equal(await durability(), 'on');
    }));

  it('leaves alone what waits for more than the disk', () =>
    withDatabase('remote_apply', async (durability) => {
      assert.equal(await durability(), 'remote_apply');
    }));

  it('goes on waiting when the server is told not to while it lasts', () =>
    withDatabase('DEFAULT', async (durability) => {
      assert.equal(await durability(), 'on');
      await server.query('ALTER SYSTEM SET synchronous_commit = off');
      await server.query('SELECT pg_reload_conf()');
      await server.query('SELECT pg_sleep(0.5)');
      assert.deepEqual(await server.query('SHOW synchronous_commit'), [
        { synchronous_commit: 'off' },
      ]);
      assert.equal(await durability(), 'on');
    }));
});
