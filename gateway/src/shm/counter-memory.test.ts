import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { counterUsage, createCounterMemory } from './counter-memory.ts';
import { SharedCounterTable } from './counter-table.ts';

describe('counter memory', () => {
  it('refuses sizes that cannot be', () => {
    for (const slots of [0, -1, 1.5, NaN, 2 ** 27]) {
      assert.throws(() => createCounterMemory(slots), RangeError);
    }
  });

  it('has room for at least the slots asked for', () => {
    for (const slots of [1, 32, 33, 1000]) {
      const usage = counterUsage(createCounterMemory(slots), 0);
      assert.ok(usage.slots >= slots && usage.slots < slots * 2 + 32);
    }
  });

  it('is not mistaken in memory of something else', () => {
    assert.throws(() => new SharedCounterTable(new SharedArrayBuffer(4096)), TypeError);
  });
});
