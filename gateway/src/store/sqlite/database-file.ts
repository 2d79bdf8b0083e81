import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { folderError, prepareDataFolder } from '../data-folder.ts';

/** Name of the database in the data folder. */
export const DATABASE_FILE = 'sluice.db';

/** Whether there is a database in a folder. */
export function hasDatabaseFile(folder: string): boolean {
  return existsSync(join(folder, DATABASE_FILE));
}

/**
 * Makes sure that there is a folder and a file in it which nobody else may read.
 *
 * @returns path of the file
 * @throws OperatorError
 */
export function prepareDatabaseFile(folder: string): string {
  prepareDataFolder(folder);
  const path = join(folder, DATABASE_FILE);
  try {
    // SQLite gives the files beside it the permissions of this one.
    if (!hasDatabaseFile(folder)) closeSync(openSync(path, 'ax', 0o600));
    return path;
  } catch (error) {
    const failure = error as NodeJS.ErrnoException;
    // Another process was quicker.
    if (failure.code === 'EEXIST') return path;
    throw folderError(folder, failure);
  }
}
