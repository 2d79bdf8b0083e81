import { parentPort, workerData } from 'node:worker_threads';
import { SharedCounterTable } from './counter-table.ts';

/** One thread of many that take from the same table as fast as they can. */
export interface CounterHammer {
  readonly memory: SharedArrayBuffer;
  /** Takes so far of all threads, then the window that each thread has reached. */
  readonly clock: SharedArrayBuffer;
  readonly thread: number;
  readonly keys: number;
  /** Of a window of one second and, where there is a second one, of four. */
  readonly limits: readonly number[];
  readonly windows: number;
  /** Takes a window and key, of all threads together. */
  readonly takes: number;
}

export interface CounterHammerResult {
  /** Requests admitted, by key and window. */
  readonly admitted: ReadonlyMap<string, number>;
  readonly full: number;
}

const task = workerData as CounterHammer;
const clock = new Int32Array(task.clock);
const counters = new SharedCounterTable(task.memory);
const scope = counters.scope('hammer');
const admitted = new Map<string, number>();
const counts: number[] = [];
let full = 0;

// Time is the number of takes: windows change as often as the machine allows, and every thread
// crosses each boundary in the middle of its work.
const takesPerWindow = task.takes * task.keys;

/** Holds a thread back until none is more than a window behind: so far the grace of the table goes. */
function waitForOthers(window: number): void {
  Atomics.store(clock, 1 + task.thread, window);
  Atomics.notify(clock, 1 + task.thread);
  for (let i = 1; i < clock.length; i++) {
    for (;;) {
      const reached = Atomics.load(clock, i);
      if (reached >= window - 1) break;
      Atomics.wait(clock, i, reached);
    }
  }
}

for (;;) {
  const ticket = Atomics.add(clock, 0, 1);
  const window = Math.floor(ticket / takesPerWindow);
  waitForOthers(window);
  if (window >= task.windows) break;
  const key = ticket % task.keys;
  const now = window * 1000 + 500;
  const starts = [window * 1000, (window - (window % 4)) * 1000];
  const ends = [starts[0]! + 1000, starts[1]! + 4000];
  const counted = scope.ofText(`key ${key}`);
  const result = counters.take(counted, task.limits, starts, ends, now, counts);
  if (result === -2) full++;
  if (result !== -1) continue;
  const name = `${key} ${window}`;
  admitted.set(name, (admitted.get(name) ?? 0) + 1);
}
parentPort!.postMessage({ admitted, full } satisfies CounterHammerResult);
