import assert from 'node:assert/strict';
import { once } from 'node:events';
import { it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { MemorySaving } from './memory-saving.ts';

it('makes threads collect that are not idle', async () => {
  const saving = new MemorySaving();
  const worker = new Worker(new URL('memory-saving.fixture.ts', import.meta.url));
  try {
    await once(worker, 'online');
    const before = await sizeOf(worker);
    saving.begin();
    // Times out if it never happens.
    while ((await sizeOf(worker)) > before / 2) await delay(50);
    assert.ok(before > 30_000_000, `there was little to collect: ${before}`);
  } finally {
    saving.end();
    await worker.terminate();
  }
});

async function sizeOf(worker: Worker): Promise<number> {
  const answer = once(worker, 'message');
  worker.postMessage('size');
  const [{ size }] = (await answer) as [{ size: number }];
  return size;
}
