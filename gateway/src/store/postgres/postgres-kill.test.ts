import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { PostgresServer } from '../../../../test/support/postgres.ts';
import { openStore } from '../open-store.ts';
import { assertKept, writeUntilKilled } from '../testing/kill.ts';

describe('while a process writes to PostgreSQL', () => {
  let server: PostgresServer;
  before(async () => {
    server = await PostgresServer.start({ durable: true });
  });
  after(() => server.dispose());

  it('it can be killed without the loss of anything that was committed', async () => {
    const target = { kind: 'postgres', url: await server.createDatabase() } as const;
    const names: string[] = [];
    const store = await openStore(target);
    for (let round = 0; round < 3; round += 1) {
      names.push(...(await writeUntilKilled(target, (writer) => writer.kill())));
      await assertKept(store, names);
    }
    await store.close();
    assert.ok(names.length >= 3);
  });

  it('the server can be killed without the loss of anything that was committed', async () => {
    const target = { kind: 'postgres', url: await server.createDatabase() } as const;
    const names: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const written = await writeUntilKilled(target, async (writer) => {
        await (round % 2 === 0 ? server.stop('immediate') : server.kill());
        writer.kill();
      });
      names.push(...written);
      await server.start();
      const store = await openStore(target);
      await assertKept(store, names);
      await store.close();
    }
    assert.ok(names.length >= 3);
  });
});
