/** A thread that has let go of most of what it held, and goes on allocating as one that serves. */
import { getHeapStatistics } from 'node:v8';
import { parentPort } from 'node:worker_threads';

let held: object[] = [];
for (let i = 0; i < 600_000; i++) held.push({ number: i, text: `text ${i}` });
held = held.slice(0, 1000);
setInterval(() => Array.from({ length: 2000 }, (_, i) => ({ i })), 1);
parentPort!.on('message', () => {
  parentPort!.postMessage({ size: getHeapStatistics().total_heap_size, held: held.length });
});
