import { parentPort, workerData } from 'node:worker_threads';
import { LogSink } from './log-sink.ts';

/** Writes so many numbered lines of varying length, then closes. Runs as a thread or a process. */
export interface LogWriter {
  readonly target: string;
  readonly name: string;
  readonly lines: number;
}

export function logLine(name: string, number: number): string {
  return JSON.stringify({ name, number, padding: 'x'.repeat((number * 97) % 900) }) + '\n';
}

const task = (workerData ?? JSON.parse(process.argv[2]!)) as LogWriter;
const sink = new LogSink({
  target: task.target,
  flushBytes: 16 * 1024,
  onProblem(message) {
    throw new Error(message);
  },
});
for (let number = 0; number < task.lines; number++) {
  sink.append(logLine(task.name, number));
  if (number % 50 === 0) await new Promise(setImmediate);
}
await sink.close(20_000);
parentPort?.postMessage(sink.dropped);
process.send?.(sink.dropped);
process.disconnect?.();
