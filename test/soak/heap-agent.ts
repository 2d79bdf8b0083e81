/**
 * Loaded into every thread of the gateway under load (`--import`). On SIGUSR1 each thread does what
 * the command file says: `collect` its garbage, or `write` its heap into the folder, which the main
 * thread leaves out.
 */
import { readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString, writeHeapSnapshot } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { BroadcastChannel, isMainThread, threadId } from 'node:worker_threads';

const folder = process.env['SOAK_HEAPS'];

if (folder !== undefined) {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as (options: object) => void;
  // Gives free pages back to the system as well.
  const collect = (): void => gc({ type: 'major', flavor: 'last-resort' });
  const channel = new BroadcastChannel('soak heaps');
  channel.unref();
  if (isMainThread) {
    process.on('SIGUSR1', () => {
      channel.postMessage('now');
      if (commandIn(folder) === 'collect') collect();
    });
  } else {
    channel.onmessage = () => {
      if (commandIn(folder) === 'collect') collect();
      else writeHeap(join(folder, `thread-${threadId}`));
    };
  }
}

function commandIn(path: string): string {
  return readFileSync(join(path, 'command'), 'latin1');
}

function writeHeap(file: string): void {
  writeHeapSnapshot(`${file}.partial`);
  renameSync(`${file}.partial`, `${file}.heapsnapshot`);
}
