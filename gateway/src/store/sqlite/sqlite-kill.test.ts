import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { openStore } from '../open-store.ts';
import { assertKept, writeUntilKilled } from '../testing/kill.ts';

describe('a process that is killed while it writes to SQLite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-kill-'));
  after(() => rmSync(folder, { recursive: true }));

  it('loses nothing that was committed, whenever that is', async () => {
    const target = { kind: 'sqlite', folder } as const;
    const names: string[] = [];
    for (let round = 0; round < 5; round += 1) {
      names.push(...(await writeUntilKilled(target, (writer) => writer.kill())));
      const store = await openStore(target);
      try {
        await assertKept(store, names);
      } finally {
        await store.close();
      }
    }
    assert.ok(names.length >= 5);
  });
});
