import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import type { CounterHammer, CounterHammerResult } from './counter-hammer.fixture.ts';
import { SharedCounterTable, createCounterMemory } from './counter-table.ts';

const second = 1000;

function takeOne(counters: SharedCounterTable, key: string, limit: number, now: number): number {
  const start = now - (now % second);
  const counted = counters.scope('test').ofText(key);
  return counters.take(counted, [limit], [start], [start + second], now, []);
}

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
