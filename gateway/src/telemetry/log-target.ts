import { closeSync, constants, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { OperatorError } from '../errors.ts';

/** Where lines go, opened. */
export interface LogTarget {
  readonly fd: number;
  /** Whether the descriptor is ours to close. */
  readonly owned: boolean;
  /** A write that would have to wait fails with EAGAIN instead. */
  readonly nonBlocking: boolean;
  /**
   * Most bytes that one write may have so that what several threads write is not mixed; 0 where there
   * is no such limit.
   */
  readonly atomicBytes: number;
}

/** POSIX's PIPE_BUF on Linux: a pipe takes so many bytes in one piece or not at all. */
const PIPE_BYTES = 4096;

const FILE_MODE = 0o640;

/**
 * Opens a log for this thread alone.
 *
 * @param target `stdout`, or the path of a file or named pipe; a missing file is made
 * @throws OperatorError when it cannot be opened
 */
export function openLogTarget(target: string): LogTarget {
  if (target === 'stdout' || target === '/dev/stdout') return openStdout();
  const { O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK } = constants;
  try {
    const fd = openSync(target, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK, FILE_MODE);
    return { fd, owned: true, ...waysToWrite(fstatSync(fd), true) };
  } catch (error) {
    const reason = whyNotOpened(error as NodeJS.ErrnoException);
    throw new OperatorError(`the access log ${target} cannot be opened: ${reason}`, {
      help: 'Give it another file with --access-log FILE, or turn it off with --access-log off.',
      cause: error,
    });
  }
}

function whyNotOpened({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ENOENT':
      return 'its directory does not exist';
    case 'EACCES':
      return 'the user that runs the gateway may not write there';
    case 'EISDIR':
      return 'this is a directory, not a file';
    case 'ENXIO':
      return 'nobody reads this named pipe yet';
    default:
      return message;
  }
}

/**
 * Makes sure that threads can open a log. For the main thread, before it starts others.
 *
 * @param target as of `openLogTarget`
 * @throws OperatorError when it cannot be opened
 */
export function prepareLogTarget(target: string): void {
  if (target === 'stdout') {
    // So that writes to a socket, as under systemd, fail rather than wait: it cannot be opened anew by
    // each thread, and Node makes it non-blocking when it builds the stream.
    if (statOf(1)?.isSocket() === true) void process.stdout;
    return;
  }
  // Who reads a named pipe would take the closing for its end.
  if (statSync(target, { throwIfNoEntry: false })?.isFIFO() === true) return;
  const { fd, owned } = openLogTarget(target);
  if (owned) closeSync(fd);
}

function openStdout(): LogTarget {
  const stat = statOf(1);
  if (stat === null) {
    throw new OperatorError('the access log goes to standard output, which is closed', {
      help: 'Give it a file with --access-log FILE, or turn it off with --access-log off.',
    });
  }
  if (stat.isFIFO() || stat.isCharacterDevice()) {
    try {
      // Opened anew it gets flags of its own; those of descriptor 1 belong to other processes too.
      const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants;
      const fd = openSync('/proc/self/fd/1', O_WRONLY | O_NONBLOCK | O_NOCTTY);
      return { fd, owned: true, ...waysToWrite(stat, true) };
    } catch {
      // No /proc, or a pipe that belongs to another user: the descriptor as it is will do.
    }
  }
  return { fd: 1, owned: false, ...waysToWrite(stat, isNonBlocking(1)) };
}

function waysToWrite(
  stat: Stats,
  nonBlocking: boolean,
): Pick<LogTarget, 'nonBlocking' | 'atomicBytes'> {
  // A file may wait for its disk whatever its flags say.
  return stat.isFile()
    ? { nonBlocking: false, atomicBytes: 0 }
    : { nonBlocking, atomicBytes: PIPE_BYTES };
}

function statOf(fd: number): Stats | null {
  try {
    return fstatSync(fd);
  } catch {
    return null;
  }
}

function isNonBlocking(fd: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'));
    return flags !== null && (parseInt(flags[1]!, 8) & constants.O_NONBLOCK) !== 0;
  } catch {
    return false;
  }
}
