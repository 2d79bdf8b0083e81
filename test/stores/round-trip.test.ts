import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { AdminClient, type JsonObject } from '../support/admin-client.ts';
import { runSluiceHere } from '../support/cli.ts';
import { startGateway, type Gateway } from '../support/gateway.ts';
import { PostgresServer, withoutPostgres } from '../support/postgres.ts';
import { recordedConfigurations } from './recorded-configurations.ts';

/** Flags that say where a store is. */
type Where = readonly string[];

describe('A configuration on its way from store to store', { skip: withoutPostgres }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-trip-'));
  const sqlite: Where = ['--data', join(folder, 'one')];
  const otherSqlite: Where = ['--data', join(folder, 'other')];
  let postgres: Where;
  let server: PostgresServer;
  let gateway: Gateway;
  let admin: AdminClient;
  before(async () => {
    server = await PostgresServer.start();
    postgres = ['--database', await server.createDatabase()];
    gateway = await startGateway({
      config: { _format_version: '3.0' },
      admin: true,
      flags: ['--allow-unsupported-plugins'],
    });
    admin = new AdminClient(gateway.adminPort);
  });
  after(async () => {
    admin?.close();
    await gateway?.stop();
    await server?.dispose();
    rmSync(folder, { recursive: true });
  });

  for (const { name, text } of recordedConfigurations()) {
    it(`stays what it is: ${name}`, async () => {
      const given = await loadAsFile(text);
      await bringIn(sqlite, text);
      const exported = await takeOut(sqlite);
      await bringIn(postgres, exported);
      assert.equal(await takeOut(postgres), exported);
      await bringIn(otherSqlite, await takeOut(postgres));
      assert.equal(await takeOut(otherSqlite), exported);

      assert.deepEqual(await loadAsFile(exported), given);
      if (given === undefined) return;
      const { config } = await admin.json('GET', '/config');
      await bringIn(sqlite, config as string);
      assert.equal(await takeOut(sqlite), exported);
    });
  }

  it('is not changed by a second import of the same', async () => {
    const [{ text } = { text: '' }] = recordedConfigurations();
    await bringIn(sqlite, text);
    const exported = await takeOut(sqlite);
    const { stdout, stderr } = await bringIn(sqlite, exported);
    assert.match(stdout + stderr, /nothing to do/);
  });

  /**
   * Lets a gateway without a store take it, and returns what it has then. It takes nothing that it
   * cannot serve, which a store does: undefined when that is all that is wrong.
   */
  async function loadAsFile(text: string): Promise<unknown> {
    const { status, text: answer } = await admin.send('POST', '/config', text, {
      'Content-Type': 'application/yaml',
    });
    if (status === 400) {
      const { fields } = JSON.parse(answer) as { fields: unknown };
      const others = textsIn(fields).filter(
        (one) => !one.includes('is not supported by Sluice yet'),
      );
      assert.deepEqual(others, []);
      return undefined;
    }
    assert.equal(status, 201, answer);
    return settled(JSON.parse(answer) as JsonObject);
  }
});

async function bringIn(where: Where, text: string) {
  const flags = ['-', ...where, '--yes', '--allow-unsupported-plugins'];
  const result = await runSluiceHere(['import', ...flags], [text]);
  assert.equal(result.code, 0, result.stderr);
  return result;
}

async function takeOut(where: Where): Promise<string> {
  const { code, stdout, stderr } = await runSluiceHere(['export', ...where]);
  assert.equal(code, 0, stderr);
  return stdout;
}

/** All texts in a value, however deep. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** Entities without what is made anew whenever a document that lacks it is read. */
function settled(tables: JsonObject): unknown {
  const made = ['id', 'created_at', 'updated_at', 'password', 'client_secret'];
  return Object.entries(tables).map(([table, entities]) => {
    // How the names of a certificate are shown depends on whether they stood below it.
    const left = table === 'certificates' ? [...made, 'snis'] : made;
    const bare = (entity: unknown): string =>
      JSON.stringify(entity, (field, value: unknown) => (left.includes(field) ? undefined : value));
    return [
      table,
      Object.values(entities as object)
        .map(bare)
        .sort(),
    ];
  });
}
