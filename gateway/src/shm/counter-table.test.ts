import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { counterUsage } from './counter-memory.ts';
import { SharedCounterTable, createCounterMemory } from './counter-table.ts';
import { KeyHash } from './key-hash.ts';
import type { CounterHammer, CounterHammerResult } from './counter-hammer.fixture.ts';

const second = 1000;
const minute = 60 * second;

function table(slots = 1024): SharedCounterTable {
  return new SharedCounterTable(createCounterMemory(slots));
}

/** Takes from the window of `length` ms that `now` falls in. */
function takeOne(counters: SharedCounterTable, key: string, limit: number, now: number): number {
  const start = now - (now % second);
  return counters.take(key, [limit], [start], [start + second], now, []);
}

describe('counter table', () => {
  it('admits as many requests as the limit and refuses the next', () => {
    const counters = table();
    const counts: number[] = [];
    for (let n = 1; n <= 3; n++) {
      assert.equal(counters.take('a', [3], [0], [minute], 10, counts), -1);
      assert.deepEqual(counts, [n]);
    }
    assert.equal(counters.take('a', [3], [0], [minute], 10, counts), 0);
    assert.deepEqual(counts, [3]);
  });

  it('counts nothing for a refused request', () => {
    const counters = table();
    const counts: number[] = [];
    counters.take('a', [1], [0], [minute], 10, counts);
    for (let n = 0; n < 5; n++) counters.take('a', [1], [0], [minute], 10, counts);
    assert.equal(counters.take('a', [2], [0], [minute], 10, counts), -1);
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
    assert.equal(counters.take('a', [5, 1, 5], starts, ends, 0, counts), -1);
    assert.deepEqual(counts, [1, 1, 1]);
    assert.equal(counters.take('a', [5, 1, 5], starts, ends, 0, counts), 1);
    assert.deepEqual(counts, [1, 1, 1]);
    assert.equal(counters.take('a', [5, 5, 5], starts, ends, 0, counts), -1);
    assert.deepEqual(counts, [2, 2, 2]);
  });

  it('names the first window that refuses', () => {
    const counters = table();
    assert.equal(counters.take('a', [1, 0, 0], [0, 0, 0], [1000, 2000, 3000], 0, []), 1);
  });

  it('keeps windows of one key apart by their index', () => {
    const counters = table();
    const counts: number[] = [];
    assert.equal(counters.take('a', [1, 2], [0, 0], [minute, minute], 0, counts), -1);
    assert.equal(counters.take('a', [1, 2], [0, 0], [minute, minute], 0, counts), 0);
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
    assert.equal(counters.take('new', [5, 5], [0, 0], [second, minute], 0, counts), -2);
    assert.deepEqual(counterUsage(memory, 0), { slots: 32, used: 32, full: 1 });
    const again: number[] = [];
    counters.take('new', [5], [0], [second], 0, again);
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
          assert.equal(counters.take(key, limits, starts, ends, now, counts), refused);
          assert.deepEqual(
            counts,
            names.map((name) => model.get(name) ?? 0),
          );
        }
      }),
    );
  });
});

describe('counter table under interruption', () => {
  /**
   * Runs `body` while every atomic operation may be preceded by whole calls of other threads, as if
   * this one had been stopped there: each interruption is itself interrupted, three deep.
   */
  function interrupted(choose: () => boolean, others: (() => void)[], body: () => void): void {
    const real = { load: Atomics.load, store: Atomics.store, exchange: Atomics.compareExchange };
    let depth = 0;
    const pause = (): void => {
      if (depth >= others.length || !choose()) return;
      depth++;
      others[depth - 1]!();
      depth--;
    };
    const atomics = Atomics as unknown as Record<string, (...args: unknown[]) => unknown>;
    const wrap =
      (operation: unknown) =>
      (...args: unknown[]) => {
        pause();
        return (operation as (...args: unknown[]) => unknown)(...args);
      };
    atomics.load = wrap(real.load);
    atomics.store = wrap(real.store);
    atomics.compareExchange = wrap(real.exchange);
    try {
      body();
    } finally {
      atomics.load = real.load as never;
      atomics.store = real.store as never;
      atomics.compareExchange = real.exchange as never;
    }
  }

  /** What every thread was told, by window. */
  class Ledger {
    readonly admitted = new Map<string, number>();
    take(counters: SharedCounterTable, key: string, limit: number, now: number): void {
      const result = takeOne(counters, key, limit, now);
      if (result !== -1) return;
      const window = `${key} ${Math.floor(now / second)}`;
      this.admitted.set(window, (this.admitted.get(window) ?? 0) + 1);
    }
  }

  it('passes no limit and loses no count when threads race for one new window', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.boolean()), (coin) => {
        const memory = createCounterMemory(32);
        const ledger = new Ledger();
        const threads = [0, 1, 2, 3].map(() => new SharedCounterTable(memory));
        const call = (thread: number) => () => ledger.take(threads[thread]!, 'key', 5, 0);
        interrupted(
          () => coin.next().value as boolean,
          [call(1), call(2), call(3)],
          () => {
            for (let n = 0; n < 6; n++) call(0)();
          },
        );
        call(0)();
        assert.deepEqual([...ledger.admitted.values()], [5]);
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps every window exact while ended windows give up their slots', () => {
    const plan = fc.record({
      coin: fc.infiniteStream(fc.boolean()),
      keys: fc.infiniteStream(fc.integer({ min: 0, max: 9 })),
      steps: fc.infiniteStream(fc.integer({ min: 0, max: 700 })),
    });
    fc.assert(
      fc.property(plan, ({ coin, keys, steps }) => {
        const memory = createCounterMemory(32);
        const ledger = new Ledger();
        const limit = 2;
        const threads = [0, 1, 2].map(() => new SharedCounterTable(memory));
        const stopped: number[] = [];
        let now = 0;
        let calls = 0;
        const call = (thread: number) => () => {
          calls++;
          // Nobody is stopped for longer than the grace: what ends then may count twice.
          now = Math.min(
            now + (steps.next().value as number),
            (stopped[0] ?? Infinity) + 2 * second,
          );
          stopped.push(now);
          ledger.take(threads[thread]!, `${keys.next().value as number}`, limit, now);
          stopped.pop();
        };
        interrupted(
          () => calls < 400 && (coin.next().value as boolean),
          [call(1), call(2)],
          () => {
            for (let n = 0; n < 40; n++) call(0)();
          },
        );
        for (const [window, admitted] of ledger.admitted) {
          assert.ok(admitted <= limit, `${window} admitted ${admitted}`);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('counter table between threads', () => {
  const threads = 4;

  async function hammer(
    task: Omit<CounterHammer, 'clock' | 'thread'>,
  ): Promise<Map<string, number>> {
    const clock = new SharedArrayBuffer(4 * (1 + threads));
    const results = await Promise.all(
      Array.from(
        { length: threads },
        (_, thread) =>
          new Promise<CounterHammerResult>((resolve, reject) => {
            const workerData: CounterHammer = { ...task, clock, thread };
            const url = new URL('./counter-hammer.fixture.ts', import.meta.url);
            const worker = new Worker(url, { workerData });
            worker.on('message', resolve);
            worker.on('error', reject);
          }),
      ),
    );
    const total = new Map<string, number>();
    for (const result of results) {
      assert.equal(result.full, 0, 'the table never filled up');
      for (const [window, admitted] of result.admitted) {
        total.set(window, (total.get(window) ?? 0) + admitted);
      }
    }
    return total;
  }

  it('admits exactly the limit of one key in every window', async () => {
    const memory = createCounterMemory(32);
    const total = await hammer({ memory, keys: 1, limits: [50], windows: 400, takes: 200 });
    assert.equal(total.size, 400);
    for (const [window, admitted] of total) assert.equal(admitted, 50, `window ${window}`);
  });

  it('admits exactly the limit of many keys that fight for few slots', async () => {
    const memory = createCounterMemory(32);
    const total = await hammer({ memory, keys: 6, limits: [7], windows: 400, takes: 40 });
    assert.equal(total.size, 6 * 400);
    for (const [window, admitted] of total) assert.equal(admitted, 7, `window ${window}`);
  });

  it('reserves all of several windows or none', async () => {
    const memory = createCounterMemory(64);
    const total = await hammer({ memory, keys: 2, limits: [40, 90], windows: 200, takes: 200 });
    // The second window spans four of the first, of which 40, 40, 10 and 0 requests pass.
    const spans = new Map<string, number>();
    for (const [window, admitted] of total) {
      assert.ok(admitted <= 40, `window ${window} admitted ${admitted}`);
      const [key, index] = window.split(' ');
      const span = `${key} ${Math.floor(Number(index) / 4)}`;
      spans.set(span, (spans.get(span) ?? 0) + admitted);
    }
    assert.equal(spans.size, 2 * 50);
    for (const [span, admitted] of spans) assert.equal(admitted, 90, `span ${span}`);
  });
});

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

describe('key hash', () => {
  it('depends on the seed, the key, the index and the end', () => {
    const of = (seed: number, key: string, index: number, end: number): string => {
      const hash = new KeyHash(seed, 7);
      hash.key(key);
      hash.window(index, end);
      return `${hash.low} ${hash.high}`;
    };
    const hashes = new Set([
      of(1, 'a', 0, 1000),
      of(2, 'a', 0, 1000),
      of(1, 'b', 0, 1000),
      of(1, 'a\0', 0, 1000),
      of(1, 'a', 1, 1000),
      of(1, 'a', 0, 2000),
      of(1, 'a', 0, 1000 + 2 ** 32),
      of(1, '', 0, 1000),
    ]);
    assert.equal(hashes.size, 8);
  });

  it('tells a hundred thousand keys apart and spreads them evenly', () => {
    const hash = new KeyHash(123, 456);
    const seen = new Set<string>();
    const buckets = new Array<number>(256).fill(0);
    for (let n = 0; n < 100_000; n++) {
      hash.key(`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`);
      hash.window(0, minute);
      seen.add(`${hash.low} ${hash.high}`);
      buckets[hash.low & 255]!++;
    }
    assert.equal(seen.size, 100_000);
    // 390 expected, deviation 20: six deviations either way.
    for (const count of buckets) assert.ok(count > 270 && count < 510, `${count} in one bucket`);
  });
});
