/** A thread that has let go of most of what it held; busy ones go on allocating as if they served. */
import { getHeapStatistics } from 'node:v8';
import { parentPort, workerData } from 'node:worker_threads';
import { tidyHeap } from '../../tidy-heap.ts';

let held: object[] = [];
for (let i = 0; i < 600_000; i++) held.push({ number: i, text: `text ${i}` });
held = held.slice(0, 1000);
if (workerData === 'busy') setInterval(() => Array.from({ length: 2000 }, (_, i) => ({ i })), 1);
parentPort!.on('message', (message: 'size' | 'tidy') => {
  if (message === 'tidy') tidyHeap();
  const { total_heap_size } = getHeapStatistics();
  parentPort!.postMessage({ size: total_heap_size, held: held.length });
});
