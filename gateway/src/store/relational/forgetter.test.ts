import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, it } from 'node:test';
import { HealthRecord } from '../health.ts';
import { openStore } from '../open-store.ts';
import { DATABASE_FILE } from '../sqlite/database-file.ts';
import { SqliteDatabase } from '../sqlite/sqlite-database.ts';
import { forgetSome } from './history-table.ts';

const DAY = 24 * 60 * 60 * 1000;

describe('old history', () => {
  const root = mkdtempSync(join(tmpdir(), 'sluice-history-'));
  after(() => rmSync(root, { recursive: true }));

  it('is forgotten when it is older than 90 days and not among the last 1,000', async () => {
    const folder = join(root, 'both');
    const kept = await keptOf(folder, 1500, (revision) => (revision <= 900 ? 91 : 89));
    assert.deepEqual(kept, { first: 501, changes: 1000 });
    const store = await openStore({ kind: 'sqlite', folder });
    assert.equal(await store.changesSince(499, 1), undefined);
    assert.equal((await store.changesSince(500, 1))?.[0]?.revision, 501);
    assert.equal(await store.changesBackTo(499), undefined);
    assert.deepEqual(await store.changesBackTo(500), []);
    await store.close();
  });

  it('is kept as long as one of the two holds', async () => {
    const recent = await keptOf(join(root, 'recent'), 1500, () => 89);
    assert.deepEqual(recent, { first: 1, changes: 1500 });
    const few = await keptOf(join(root, 'few'), 1000, () => 1000);
    assert.deepEqual(few, { first: 1, changes: 1000 });
    const mixed = await keptOf(join(root, 'mixed'), 1500, (revision) => (revision <= 300 ? 91 : 1));
    assert.deepEqual(mixed, { first: 301, changes: 1200 });
  });
});

/** Makes so many revisions, of this age in days, and forgets what may be forgotten. */
async function keptOf(
  folder: string,
  count: number,
  age: (revision: number) => number,
): Promise<{ first: number; changes: number }> {
  await (await openStore({ kind: 'sqlite', folder })).close();
  const path = join(folder, DATABASE_FILE);
  const now = Date.now();
  const file = new DatabaseSync(path);
  file.exec('BEGIN');
  const revision = file.prepare('INSERT INTO revisions VALUES (?, ?, NULL, NULL, 1)');
  const change = file.prepare("INSERT INTO changes VALUES (?, 0, 'services', 'x', NULL, NULL)");
  for (let number = 1; number <= count; number += 1) {
    revision.run(number, now - age(number) * DAY);
    change.run(number);
  }
  file.exec(`UPDATE store_state SET revision = ${count}; COMMIT`);
  const database = new SqliteDatabase(path, new HealthRecord());
  const forget = async (): Promise<boolean> => {
    const { value } = await database.transaction(async (session) => ({
      value: await forgetSome(database.dialect, session, now),
      last: [],
    }));
    return value;
  };
  while (await forget());
  await database.close();
  const first = file.prepare('SELECT min(revision) AS it FROM revisions').get()?.it;
  const changes = file.prepare('SELECT count(*) AS it FROM changes').get()?.it;
  file.close();
  return { first: Number(first), changes: Number(changes) };
}
