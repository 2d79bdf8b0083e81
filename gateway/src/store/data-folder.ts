import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { OperatorError } from '../errors.ts';

/**
 * Makes a node's own directory, readable by its user only: keys and secrets are in it. One that is
 * there keeps its permissions.
 *
 * @throws OperatorError when that is not possible
 */
export function prepareDataFolder(path: string): void {
  try {
    makeWithParents(resolve(path));
    if (!statSync(path).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
  } catch (error) {
    throw folderError(path, error as NodeJS.ErrnoException);
  }
}

/**
 * Makes a directory and what is missing above it. Not left to `recursive` of Node: where the parent
 * is there and the system still says ENOENT, as below /proc, it tries again for ever.
 */
function makeWithParents(path: string): void {
  if (existsSync(path)) return;
  if (path !== dirname(path)) makeWithParents(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    // Another process may have been quicker.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** The error for a directory in which nothing can be written. */
export function folderError(path: string, { code = 'unknown error' }: NodeJS.ErrnoException) {
  const reasons: Readonly<Record<string, string>> = {
    EACCES: 'this user may not write there',
    EROFS: 'the file system can only be read',
    ENOTDIR: 'something on its path is no directory',
    EEXIST: 'a file of this name is there',
    ENOSPC: 'the disk is full',
    ENOENT: 'nothing can be made there',
  };
  return new OperatorError(`the data directory ${path} cannot be used: ${reasons[code] ?? code}`, {
    help: 'Name another one with --data DIR. A node with --config needs none when there is no Admin API: --admin-listen off.',
  });
}

/** Permissions of users that are neither the owner nor of its group. */
const OTHERS = 0o007;

/** Names of the files with secrets in them, and of those that SQLite puts beside its own. */
const secretFiles = /^(sluice\.db.*|admin-token|tokens\.json|snapshot(-.*)?\.gz)$/;

/**
 * What of a data directory every user of the machine can get at, in words for its operator. Sluice
 * itself makes nothing so; a directory that was there before, or a copy put back, may be.
 *
 * @throws OperatorError when the directory cannot be read
 */
export function exposedIn(folder: string): string[] {
  try {
    const files = readdirSync(folder).filter((name) => secretFiles.test(name));
    const open = files.map((name) => join(folder, name)).filter(isForOthers);
    const mend = (mode: string, path: string): string =>
      `every user of this machine can get at ${path}, where keys and secrets are: chmod ${mode} ${path}`;
    return [
      ...(isForOthers(folder) ? [mend('700', folder)] : []),
      ...open.map((path) => mend('600', path)),
    ];
  } catch (error) {
    throw folderError(folder, error as NodeJS.ErrnoException);
  }
}

function isForOthers(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && (found.mode & OTHERS) !== 0;
}
