import assert from 'node:assert/strict';
import { constants, PerformanceObserver, type PerformanceEntry } from 'node:perf_hooks';
import { it } from 'node:test';
import { runInNewContext } from 'node:vm';
import { GarbageCollector } from './garbage-collector.ts';

const ON_DEMAND = constants.NODE_PERFORMANCE_GC_FLAGS_ALL_AVAILABLE_GARBAGE;

/** Whether somebody asked for a collection; others come by themselves. */
function isOnDemand(entry: PerformanceEntry): boolean {
  const { detail } = entry as PerformanceEntry & { readonly detail: { readonly flags: number } };
  return (detail.flags & ON_DEMAND) !== 0;
}

it('collects after a load, and stays out of sight', async () => {
  await new Promise<void>((resolve) => {
    const observer = new PerformanceObserver((list) => {
      if (!list.getEntries().some(isOnDemand)) return;
      observer.disconnect();
      resolve();
    });
    observer.observe({ entryTypes: ['gc'] });
    new GarbageCollector(1).collectSoon();
  });
  assert.equal(runInNewContext('typeof gc'), 'undefined');
});
