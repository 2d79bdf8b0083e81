import { readFile } from 'node:fs/promises';

/** Why a file cannot be read, in words that go behind its name. */
export class UnreadableFile extends Error {
  constructor({ code, message }: NodeJS.ErrnoException) {
    super(reason(code) ?? `cannot be read: ${message}`);
    this.name = 'UnreadableFile';
  }
}

/**
 * Reads a file as UTF-8.
 *
 * @throws UnreadableFile
 */
export async function readTextFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UnreadableFile(error as NodeJS.ErrnoException);
  }
}

function reason(code: string | undefined): string | undefined {
  switch (code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EISDIR':
      return 'this is a directory, not a file';
    case 'EACCES':
      return 'this user may not read it';
    default:
      return undefined;
  }
}
