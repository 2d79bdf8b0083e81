import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type Socket, connect } from 'node:net';
import { BenchError } from './bench-error.ts';

/** Files beside sockets that a process needs. */
const SPARE_FILES = 500;
/** Connections that are opened at once. */
const BATCH = 100;

/**
 * How many connections this process may hold, at most `wanted`.
 *
 * @param each how many a server needs for one of them
 */
export function affordable(wanted: number, each = 1): number {
  // Node raises its own limit to the hard one when it starts, and children inherit that.
  const match = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
  const most = Math.floor((Number(match?.[1] ?? Infinity) - SPARE_FILES) / each);
  return Math.min(wanted, most);
}

/**
 * Opens keep-alive connections, each of which has had one answer and now rests.
 *
 * @param status of the answers
 * @returns closes them
 */
export async function openIdle(
  port: number,
  count: number,
  request: string,
  status: number,
): Promise<() => void> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const batch = Array.from({ length: Math.min(BATCH, count - sockets.length) }, () => {
      const socket = connect(port, '127.0.0.1');
      socket.write(request);
      return socket;
    });
    const answers = await Promise.all(
      batch.map((socket) => once(socket, 'data') as Promise<[Buffer]>),
    );
    const wrong = answers.find(([data]) => !data.toString().startsWith(`HTTP/1.1 ${status} `));
    if (wrong !== undefined)
      throw new BenchError(`not an answer with ${status}: ${wrong[0].toString()}`);
    for (const socket of batch) socket.resume().on('error', () => undefined);
    sockets.push(...batch);
  }
  return () => {
    for (const socket of sockets) socket.destroy();
  };
}
