import assert from 'node:assert/strict';
import { constants, PerformanceObserver, type PerformanceEntry } from 'node:perf_hooks';
import { it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { tidyHeap } from './tidy-heap.ts';

it('has a heap collected that has grown', { timeout: 10_000 }, async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  let collections = 0;
  const observer = new PerformanceObserver((list) => {
    collections += list.getEntries().filter(isMajor).length;
  });
  observer.observe({ entryTypes: ['gc'] });
  collect();
  // Not so much that the engine would begin by itself.
  const load = Array.from({ length: 100_000 }, (_, i) => ({ text: `text ${i}` }));
  await delay(100);
  collections = 0;
  tidyHeap();
  // Times out if it never happens: nothing else brings it about.
  while (collections === 0) await delay(20);
  observer.disconnect();
  assert.equal(load.length, 100_000);
});

function isMajor(entry: PerformanceEntry): boolean {
  const { detail } = entry as PerformanceEntry & { readonly detail: { readonly kind: number } };
  return detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR;
}
