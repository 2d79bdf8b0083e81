import { accessSync, constants, lstatSync, rmSync, type Stats } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { OperatorError } from '../../errors.ts';

/**
 * Longest path of a socket, bytes: the system takes 107, of which some are for the number of the
 * process while the socket is put in its place.
 */
const LONGEST_PATH = 99;

/**
 * Makes room for a unix socket: what a process left behind that has ended is removed.
 *
 * @param option that names the path, for the message
 * @throws OperatorError when there can be no socket, when a process listens there, or when something
 *   else than a socket has the path
 */
export async function clearSocketFile(path: string, option: string): Promise<void> {
  const obstacle = obstacleTo(path);
  if (obstacle !== null) {
    throw new OperatorError(`cannot listen on unix:${path}: ${obstacle.why}`, {
      help: `${obstacle.remedy}, or choose another path with ${option}.`,
    });
  }
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

/** Why there can be no socket; null when there can. */
function obstacleTo(path: string): { readonly why: string; readonly remedy: string } | null {
  if (Buffer.byteLength(path) > LONGEST_PATH) {
    return { why: `the path has more than ${LONGEST_PATH} bytes`, remedy: 'Shorten it' };
  }
  const folder = dirname(path);
  try {
    // With the dot, since what is no folder may be written to as well.
    accessSync(`${folder}/.`, constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    switch ((error as NodeJS.ErrnoException).code) {
      case 'ENOENT':
        return { why: `the folder ${folder} does not exist`, remedy: 'Create it' };
      case 'ENOTDIR':
        return { why: `${folder} is no folder`, remedy: 'Remove what has its name' };
      default:
        return {
          why: `this user may not write to the folder ${folder}`,
          remedy: 'Let it write there',
        };
    }
  }
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
