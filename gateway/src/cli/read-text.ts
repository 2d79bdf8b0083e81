import { readTextFile, UnreadableFile } from '../config/text/read-file.ts';
import type { Io } from './io.ts';
import { textOf } from './text-of.ts';

/** Reads a file that was named on the command line; `-` is the standard input. */
export async function readText(
  path: string,
  { stdin }: Pick<Io, 'stdin'>,
): Promise<string | UnreadableFile> {
  try {
    return path === '-' ? await textOf(stdin()) : await readTextFile(path);
  } catch (error) {
    if (error instanceof UnreadableFile) return error;
    throw error;
  }
}
