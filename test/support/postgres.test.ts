import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { PostgresServer, withoutPostgres } from './postgres.ts';

/** Suites that end the server by force are only worth what survives by PostgreSQL's own promise. */
describe('A PostgreSQL server of the tests', { skip: withoutPostgres }, () => {
  let server: PostgresServer;
  before(async () => {
    server = await PostgresServer.start({ durable: true });
  });
  after(() => server?.dispose());

  it('keeps what was committed when it is killed, and starts again on its port', async () => {
    const url = await server.createDatabase();
    await server.query('CREATE TABLE kept (name text)', url);
    await server.query(`INSERT INTO kept VALUES ('committed')`, url);
    for (const end of [() => server.kill(), () => server.stop('immediate')]) {
      await end();
      await assert.rejects(server.query('SELECT 1'));
      await server.start();
      assert.deepEqual(await server.query('SELECT * FROM kept', url), [{ name: 'committed' }]);
    }
  });

  it('gives each database to one suite', async () => {
    assert.notEqual(await server.createDatabase(), await server.createDatabase());
  });
});
