import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, it } from 'node:test';
import { openStore } from '../open-store.ts';
import { DATABASE_FILE } from '../sqlite/database-file.ts';
import { insertAll, service } from '../testing/entities.ts';

describe('a database that was set back to an earlier time', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-restored-'));
  after(() => rmSync(folder, { recursive: true }));

  it('is told from the one that was read, whatever revision it has come to', async () => {
    const store = await openStore({ kind: 'sqlite', folder });
    for (let count = 0; count < 3; count += 1) await insertAll(store, ['services', service()]);
    await store.load();
    const file = new DatabaseSync(join(folder, DATABASE_FILE));
    assert.deepEqual(await store.changesSince(3, 10), []);

    file.exec('DELETE FROM changes WHERE revision > 1; DELETE FROM revisions WHERE revision > 1');
    file.exec('UPDATE store_state SET revision = 1');
    assert.equal(await store.changesSince(3, 10), undefined, 'it has not got there yet');

    await new Promise((resolve) => setTimeout(resolve, 2));
    for (let count = 0; count < 3; count += 1) await insertAll(store, ['services', service()]);
    await store.changesSince(1, 1);
    assert.equal(await store.changesSince(3, 10), undefined, 'its revision 3 is another one');
    const { revision } = await store.load();
    assert.equal(revision, 4);
    assert.deepEqual(await store.changesSince(4, 10), []);
    file.close();
    await store.close();
  });
});
