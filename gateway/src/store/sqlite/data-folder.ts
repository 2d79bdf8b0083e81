import { closeSync, mkdirSync, openSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { StoreUnavailable } from '../contract.ts';

/** Name of the database in the data folder. */
export const DATABASE_FILE = 'sluice.db';

/**
 * Makes sure that there is a folder and a file, which nobody else may read: keys and secrets are in
 * it. What is there already keeps its permissions.
 *
 * @returns path of the file
 * @throws StoreUnavailable
 */
export function prepareDataFolder(folder: string): string {
  const path = join(folder, DATABASE_FILE);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // SQLite gives the files beside it the permissions of this one.
    if (!existsSync(path)) closeSync(openSync(path, 'ax', 0o600));
    return path;
  } catch (error) {
    // Another process was quicker.
    if (codeOf(error) === 'EEXIST') return path;
    throw new StoreUnavailable(reasonOf(codeOf(error)), `${path}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function reasonOf(code: string | undefined): StoreUnavailable['reason'] {
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'full';
  return code === 'EROFS' || code === 'EACCES' || code === 'EPERM' ? 'read-only' : 'unreachable';
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
