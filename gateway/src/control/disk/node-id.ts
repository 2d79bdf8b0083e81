import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isUuid } from '../../entities/schema/compile-scalar.ts';
import { folderError } from '../../store/data-folder.ts';

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
