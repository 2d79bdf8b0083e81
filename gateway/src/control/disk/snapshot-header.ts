import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { parseSnapshotHeader, type SnapshotHeader } from './snapshot-format.ts';

/** The longest first line that is read, characters. */
const LONGEST = 64 * 1024;

/**
 * What the copy of a configuration says of itself, without reading all of it.
 *
 * @returns undefined when there is no copy, or none that can be read
 */
export async function readSnapshotHeader(path: string): Promise<SnapshotHeader | undefined> {
  const file = createReadStream(path);
  const text = createGunzip();
  file.on('error', (error) => text.destroy(error));
  let start = '';
  try {
    for await (const piece of file.pipe(text) as AsyncIterable<Buffer>) {
      start += piece.toString();
      const end = start.indexOf('\n');
      if (end >= 0) return parseSnapshotHeader(start.slice(0, end));
      if (start.length > LONGEST) return undefined;
    }
    return undefined;
  } catch {
    // Whoever needs all of it reads it, and says what is wrong with it.
    return undefined;
  } finally {
    file.destroy();
  }
}
