import { SharedCounterTable, createCounterMemory } from '../../gateway/src/shm/counter-table.ts';

/** Cost of one take of the counter table, one thread: best of many rounds, ns. */

const ROUNDS = 20;
const TAKES = 100_000;
const table = new SharedCounterTable(createCounterMemory(65_536));
const counts: number[] = [];
const addresses = Array.from({ length: 1000 }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
const scope = table.scope('micro');
const known = addresses.map((id) => ({ id, idLow: 0, idHigh: 0 }));

function measure(name: string, take: (i: number, now: number) => void): void {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const now = Date.now();
    const start = process.hrtime.bigint();
    for (let i = 0; i < TAKES; i++) take(i, now);
    best = Math.min(best, Number(process.hrtime.bigint() - start) / TAKES);
  }
  console.log(`${name.padEnd(52)} ${best.toFixed(0).padStart(5)} ns`);
}

/** Start and end of the window that `now` falls in. */
function minute(now: number): [number, number] {
  const start = now - (now % 60_000);
  return [start, start + 60_000];
}

const far = minute(Date.now() + 120_000);
const oneLimit = [2 ** 31];
const oneStart = [far[0]];
const oneEnd = [far[1]];
measure('one window, counted', (i, now) =>
  table.take(scope.of(known[i % 1000]!), oneLimit, oneStart, oneEnd, now, counts),
);
measure('one window, counted by a text', (i, now) =>
  table.take(scope.ofText(addresses[i % 1000]!), oneLimit, oneStart, oneEnd, now, counts),
);
const none = [1];
measure('one window, refused', (i, now) =>
  table.take(scope.of(known[i % 1000]!), none, oneStart, oneEnd, now, counts),
);
const threeLimits = [2 ** 31, 2 ** 31, 2 ** 31];
const threeStarts = [far[0], far[0], far[0]];
const threeEnds = [far[1], far[1], far[1]];
measure('three windows, counted', (i, now) =>
  table.take(scope.of(known[i % 1000]!), threeLimits, threeStarts, threeEnds, now, counts),
);
const newEnd = [0];
let ms = Date.now();
measure('one window, new each time', (i) => {
  if (i % 1000 === 0) ms += 1000;
  newEnd[0] = ms + 1000;
  table.take(scope.of(known[i % 1000]!), oneLimit, oneStart, newEnd, ms, counts);
});
