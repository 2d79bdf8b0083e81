import assert from 'node:assert/strict';
import { once } from 'node:events';
import { it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { MemorySaving } from './memory-saving.ts';

it('makes threads collect that are not idle', () => collects('busy'));

it('makes threads collect that have nothing to do', () => collects('idle'));

/** Times out if it never happens. */
async function collects(kind: 'busy' | 'idle'): Promise<void> {
  const saving = new MemorySaving();
  const fixture = new URL('memory-saving.fixture.ts', import.meta.url);
  const worker = new Worker(fixture, { workerData: kind });
  try {
    await once(worker, 'online');
    const before = await sizeOf(worker);
    saving.begin(0);
    await sizeOf(worker, 'tidy');
    while ((await sizeOf(worker)) > before / 2) await delay(50);
    assert.ok(before > 30_000_000, `there was little to collect: ${before}`);
  } finally {
    saving.end();
    await worker.terminate();
  }
}

/** Size of its heap, bytes. */
async function sizeOf(worker: Worker, message: 'size' | 'tidy' = 'size'): Promise<number> {
  const answer = once(worker, 'message');
  worker.postMessage(message);
  const [{ size }] = (await answer) as [{ size: number }];
  return size;
}
