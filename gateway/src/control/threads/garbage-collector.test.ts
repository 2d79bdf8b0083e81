import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { getHeapStatistics } from 'node:v8';
import { GarbageCollector } from './garbage-collector.ts';

it('collects what a load has left behind, and has other threads do the same', async () => {
  let told = 0;
  const collector = new GarbageCollector(() => [() => told++], 1);
  const before = sizeAfterLoad();
  collector.collectSoon();
  // Times out if it never happens.
  while (getHeapStatistics().total_heap_size > before / 2) await delay(20);
  collector.hold();
  assert.equal(told, 1);
});

it('waits while another load is under way', async () => {
  let told = 0;
  const collector = new GarbageCollector(() => [() => told++], 1);
  collector.collectSoon();
  collector.hold();
  await delay(20);
  assert.equal(told, 0);
});

/** Size of the heap when it is full of what nobody holds on to any more, bytes. */
function sizeAfterLoad(): number {
  const load = Array.from({ length: 500_000 }, (_, i) => ({ text: `text ${i}` }));
  const size = getHeapStatistics().total_heap_size;
  assert.equal(load.length, 500_000);
  return size;
}
