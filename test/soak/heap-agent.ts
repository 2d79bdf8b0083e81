/**
 * Loaded into every thread of the gateway under load (`--import`): on SIGUSR1 each thread but the main
 * one collects its garbage and writes its heap into a folder.
 */
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { writeHeapSnapshot } from 'node:v8';
import { BroadcastChannel, isMainThread, threadId } from 'node:worker_threads';

const folder = process.env['SOAK_HEAPS'];
const channel = new BroadcastChannel('soak heaps');
channel.unref();

if (folder !== undefined) {
  if (isMainThread) process.on('SIGUSR1', () => channel.postMessage('write'));
  else {
    channel.onmessage = () => {
      const file = join(folder, `thread-${threadId}`);
      writeHeapSnapshot(`${file}.partial`);
      renameSync(`${file}.partial`, `${file}.heapsnapshot`);
    };
  }
}
