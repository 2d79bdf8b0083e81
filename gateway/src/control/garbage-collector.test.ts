import assert from 'node:assert/strict';
import { it } from 'node:test';
import { runInNewContext } from 'node:vm';
import { GarbageCollector } from './garbage-collector.ts';

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

it('gives back what a load has left behind, and stays out of sight', async () => {
  const garbage = new GarbageCollector(1);
  const one = new WeakRef({});
  garbage.collectSoon();
  while (one.deref() !== undefined) await turn();
  assert.equal(runInNewContext('typeof gc'), 'undefined');
});
