import { connect } from 'node:net';
import type { Child } from './child.ts';
import { until } from './until.ts';

/**
 * Waits until a process takes connections on a port of 127.0.0.1.
 *
 * @throws BenchError with what it said when it ends instead
 */
export async function waitForPort(child: Child, port: number): Promise<void> {
  await until(`${child.name} listens on port ${port}`, () => {
    child.assertRunning();
    return accepts(port);
  });
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
