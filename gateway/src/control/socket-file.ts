import { lstatSync, rmSync, type Stats } from 'node:fs';
import { connect } from 'node:net';
import { OperatorError } from '../errors.ts';

/**
 * Makes room for a unix socket: what a process left behind that has ended is removed.
 *
 * @param option that names the path, for the message
 * @throws OperatorError when a process listens there, or something else than a socket has the path
 */
export async function clearSocketFile(path: string, option: string): Promise<void> {
  const found = statOf(path);
  if (found === undefined) return;
  const help = `Remove it, or choose another path with ${option}.`;
  if (!found.isSocket()) {
    throw new OperatorError(`cannot listen on unix:${path}: it is not a socket`, { help });
  }
  if (await answers(path)) {
    throw new OperatorError(`cannot listen on unix:${path}: the address is in use`, {
      help: `Stop the process that listens there, or choose another path with ${option}.`,
    });
  }
  removeSocketFile(path);
}

/** Removes the file of a socket on which nobody listens any more. */
export function removeSocketFile(path: string): void {
  rmSync(path, { force: true });
}

function statOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
