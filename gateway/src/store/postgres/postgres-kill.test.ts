import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { PostgresServer, withoutPostgres } from '../../../../test/support/postgres.ts';
import { until } from '../../../../test/support/until.ts';
import { openStore, type StoreTarget } from '../open-store.ts';
import { assertKept, writeUntilKilled } from '../testing/kill.ts';

describe('while a process writes to PostgreSQL', { skip: withoutPostgres }, () => {
  let server: PostgresServer;
  before(async () => {
    server = await PostgresServer.start({ durable: true });
  });
  after(() => server.dispose());

  it('it can be killed without the loss of anything that was committed', async () => {
    const target = { kind: 'postgres', url: await server.createDatabase() } as const;
    const names: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      names.push(...(await writeUntilKilled(target, (writer) => writer.kill())));
      await until('the server has done what it was asked for last', () => isQuiet(target.url));
      await assertNamesKept(target, names);
    }
    assert.ok(names.length >= 3);
  });

  it('the server can be killed without the loss of anything that was committed', async () => {
    await killServer(await server.createDatabase(), 3);
  });

  it('the server can be killed even where its commits would not wait for the disk', async () => {
    const url = await server.createDatabase();
    const name = new URL(url).pathname.slice(1);
    await server.query(`ALTER DATABASE ${name} SET synchronous_commit = off`);
    await killServer(url, 1);
  });

  async function killServer(url: string, rounds: number): Promise<void> {
    const target = { kind: 'postgres', url } as const;
    const names: string[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const written = await writeUntilKilled(target, async (writer) => {
        await (round % 2 === 0 ? server.stop('immediate') : server.kill());
        writer.kill();
      });
      names.push(...written);
      await server.start();
      await assertNamesKept(target, names);
    }
    assert.ok(names.length >= rounds);
  }

  /** Whether nobody else is connected to a database any more. */
  async function isQuiet(url: string): Promise<boolean> {
    const others = `SELECT pid FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid()`;
    return (await server.query(others, url)).length === 0;
  }
});

async function assertNamesKept(target: StoreTarget, names: readonly string[]): Promise<void> {
  const store = await openStore(target);
  try {
    await assertKept(store, names);
  } finally {
    await store.close();
  }
}
