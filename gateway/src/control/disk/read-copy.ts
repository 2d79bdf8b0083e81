import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { parseSnapshotText, type SavedConfiguration } from './snapshot-format.ts';

/**
 * Reads the copy of a configuration that a node has on disk.
 *
 * @param origin of which database it must be; null where any will do
 * @returns what was saved, or why it cannot be used
 */
export async function readCopy(
  path: string,
  origin: string | null,
): Promise<SavedConfiguration | string> {
  try {
    const text = (await promisify(gunzip)(await readFile(path))).toString();
    const read = parseSnapshotText(text, origin);
    return typeof read === 'string' ? `the copy of its configuration, ${path}, ${read}` : read;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return `there is no copy of its configuration at ${path}`;
    const what = code?.startsWith('Z_') === true ? 'is damaged' : `cannot be read (${code ?? '?'})`;
    return `the copy of its configuration, ${path}, ${what}`;
  }
}
