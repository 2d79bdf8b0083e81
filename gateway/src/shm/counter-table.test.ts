import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { counterUsage } from './counter-memory.ts';
import type { CounterKey } from './counter-scope.ts';
import { SharedCounterTable, createCounterMemory } from './counter-table.ts';

const second = 1000;
const minute = 60 * second;

function table(slots = 1024): SharedCounterTable {
  return new SharedCounterTable(createCounterMemory(slots));
}

function keyOf(counters: SharedCounterTable, text: string): CounterKey {
  return counters.scope('test').ofText(text);
}

/** Takes from the window of `length` ms that `now` falls in. */
function takeOne(counters: SharedCounterTable, key: string, limit: number, now: number): number {
  const start = now - (now % second);
  return counters.take(keyOf(counters, key), [limit], [start], [start + second], now, []);
}

describe('counter table', () => {
  it('admits as many requests as the limit and refuses the next', () => {
    const counters = table();
    const counts: number[] = [];
    for (let n = 1; n <= 3; n++) {
      assert.equal(counters.take(keyOf(counters, 'a'), [3], [0], [minute], 10, counts), -1);
      assert.deepEqual(counts, [n]);
    }
    assert.equal(counters.take(keyOf(counters, 'a'), [3], [0], [minute], 10, counts), 0);
    assert.deepEqual(counts, [3]);
  });

  it('counts nothing for a refused request', () => {
    const counters = table();
    const counts: number[] = [];
    counters.take(keyOf(counters, 'a'), [1], [0], [minute], 10, counts);
    for (let n = 0; n < 5; n++) counters.take(keyOf(counters, 'a'), [1], [0], [minute], 10, counts);
    assert.equal(counters.take(keyOf(counters, 'a'), [2], [0], [minute], 10, counts), -1);
    assert.deepEqual(counts, [2]);
  });

  it('admits below a limit with a fraction', () => {
    const counters = table();
    const results = [1, 2, 3].map(() => takeOne(counters, 'a', 1.5, 0));
    assert.deepEqual(results, [-1, -1, 0]);
  });

  it('refuses everything at a limit of 0', () => {
    assert.equal(takeOne(table(), 'a', 0, 0), 0);
  });

  it('takes limits of 2^31', () => {
    assert.equal(takeOne(table(), 'a', 2 ** 31, 0), -1);
  });

  it('keeps keys apart', () => {
    const counters = table();
    assert.equal(takeOne(counters, 'a', 1, 0), -1);
    assert.equal(takeOne(counters, 'b', 1, 0), -1);
    assert.equal(takeOne(counters, 'a', 1, 0), 0);
  });

  it('starts at nothing in the next window', () => {
    const counters = table();
    assert.equal(takeOne(counters, 'a', 1, 999), -1);
    assert.equal(takeOne(counters, 'a', 1, 1000), -1);
    assert.equal(takeOne(counters, 'a', 1, 1001), 0);
  });

  it('finds the last window again when a thread with a slower clock asks for it', () => {
    const counters = table();
    assert.equal(takeOne(counters, 'a', 1, 999), -1);
    assert.equal(takeOne(counters, 'a', 1, 1000), -1);
    assert.equal(takeOne(counters, 'a', 1, 999), 0);
  });

  it('counts in all windows or in none', () => {
    const counters = table();
    const counts: number[] = [];
    const starts = [0, 0, 0];
    const ends = [second, minute, 60 * minute];
    assert.equal(counters.take(keyOf(counters, 'a'), [5, 1, 5], starts, ends, 0, counts), -1);
    assert.deepEqual(counts, [1, 1, 1]);
    assert.equal(counters.take(keyOf(counters, 'a'), [5, 1, 5], starts, ends, 0, counts), 1);
    assert.deepEqual(counts, [1, 1, 1]);
    assert.equal(counters.take(keyOf(counters, 'a'), [5, 5, 5], starts, ends, 0, counts), -1);
    assert.deepEqual(counts, [2, 2, 2]);
  });

  it('names the first window that refuses', () => {
    const counters = table();
    assert.equal(
      counters.take(keyOf(counters, 'a'), [1, 0, 0], [0, 0, 0], [1000, 2000, 3000], 0, []),
      1,
    );
  });

  it('keeps windows of one key apart by their index', () => {
    const counters = table();
    const counts: number[] = [];
    assert.equal(
      counters.take(keyOf(counters, 'a'), [1, 2], [0, 0], [minute, minute], 0, counts),
      -1,
    );
    assert.equal(
      counters.take(keyOf(counters, 'a'), [1, 2], [0, 0], [minute, minute], 0, counts),
      0,
    );
    assert.deepEqual(counts, [1, 1]);
  });

  it('counts what another view of the same memory counted', () => {
    const memory = createCounterMemory(64);
    assert.equal(takeOne(new SharedCounterTable(memory), 'a', 1, 0), -1);
    assert.equal(takeOne(new SharedCounterTable(memory), 'a', 1, 0), 0);
  });

  it('says when it is full, counts that, and takes nothing from other windows', () => {
    const memory = createCounterMemory(32);
    const counters = new SharedCounterTable(memory);
    for (let n = 0; n < 31; n++) assert.equal(takeOne(counters, `key ${n}`, 5, 0), -1);
    const counts: number[] = [];
    assert.equal(
      counters.take(keyOf(counters, 'new'), [5, 5], [0, 0], [second, minute], 0, counts),
      -2,
    );
    assert.deepEqual(counterUsage(memory, 0), { slots: 32, used: 32, full: 1 });
    const again: number[] = [];
    counters.take(keyOf(counters, 'new'), [5], [0], [second], 0, again);
    assert.deepEqual(again, [1], 'the first window was given back');
    assert.equal(takeOne(counters, 'key 7', 1, 0), 0, 'known keys still count');
  });

  it('reuses slots of windows that are over', () => {
    const memory = createCounterMemory(32);
    const counters = new SharedCounterTable(memory);
    for (let round = 0; round < 50; round++) {
      const now = round * 4 * second;
      for (let n = 0; n < 32; n++) assert.equal(takeOne(counters, `${round} ${n}`, 1, now), -1);
      for (let n = 0; n < 32; n++) assert.equal(takeOne(counters, `${round} ${n}`, 1, now), 0);
      assert.equal(takeOne(counters, 'one more', 1, now), -2);
    }
    assert.deepEqual(counterUsage(memory, 50 * 4 * second).used, 0);
  });

  it('counts as a plain map does, whatever the sequence', () => {
    const step = fc.record({
      key: fc.constantFrom('a', 'b', 'Ä€😀', 'x'.repeat(2000), ''),
      limits: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 3 }),
      after: fc.integer({ min: 0, max: 900 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const counters = table();
        const model = new Map<string, number>();
        let now = 1_700_000_000_000;
        for (const { key, limits, after } of steps) {
          now += after;
          const starts = limits.map((_, i) => now - (now % ((i + 1) * second)));
          const ends = starts.map((start, i) => start + (i + 1) * second);
          const names = ends.map((end, i) => `${key} ${i} ${end}`);
          const before = names.map((name) => model.get(name) ?? 0);
          const refused = before.findIndex((count, i) => count >= limits[i]!);
          if (refused === -1) names.forEach((name, i) => model.set(name, before[i]! + 1));
          const counts: number[] = [];
          assert.equal(
            counters.take(keyOf(counters, key), limits, starts, ends, now, counts),
            refused,
          );
          assert.deepEqual(
            counts,
            names.map((name) => model.get(name) ?? 0),
          );
        }
      }),
    );
  });
});
