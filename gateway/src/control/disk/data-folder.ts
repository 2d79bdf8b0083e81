import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isUuid } from '../../entities/schema/compile-scalar.ts';
import { OperatorError } from '../../errors.ts';

/**
 * Makes the node's own directory, readable by its user only, unless it is there.
 *
 * @throws OperatorError when that is not possible
 */
export function prepareDataFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    if (!statSync(path).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
  } catch (error) {
    throw folderError(path, error as NodeJS.ErrnoException);
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
  };
  return new OperatorError(`the data directory ${path} cannot be used: ${reasons[code] ?? code}`, {
    help: 'Name another one with --data DIR. A node with --config needs none when there is no Admin API: --admin-listen off.',
  });
}

/** The id of the node whose directory this is, made at its first start. */
export function nodeIdOf(folder: string): string {
  const path = join(folder, 'node-id');
  try {
    const known = readFileSync(path, 'utf8').trim();
    if (isUuid(known)) return known;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw folderError(folder, error as NodeJS.ErrnoException);
    }
  }
  const id = randomUUID();
  try {
    writeFileSync(path, `${id}\n`, { mode: 0o600 });
  } catch (error) {
    throw folderError(folder, error as NodeJS.ErrnoException);
  }
  return id;
}
