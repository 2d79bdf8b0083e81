import { parentPort, workerData } from 'node:worker_threads';
import { HTTP_FAILURE, TargetHealth, type HealthKey } from './target-health.ts';

/** What a thread of the race does: claims every key and counts that many failures for each. */
export interface HammerWork {
  readonly memory: SharedArrayBuffer;
  readonly keys: readonly HealthKey[];
  readonly failures: number;
  /** Becomes 1 when all threads are to begin. */
  readonly gate: SharedArrayBuffer;
}

const { memory, keys, failures, gate } = workerData as HammerWork;
const table = new TargetHealth(memory);
parentPort!.postMessage('ready');
Atomics.wait(new Int32Array(gate), 0, 0);
const slots = keys.map((key) => table.claim(key));
for (let round = 0; round < failures; round++) {
  for (const slot of slots) table.countFailure(slot, HTTP_FAILURE, 255);
}
parentPort!.postMessage(slots);
