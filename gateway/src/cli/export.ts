import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { nestedDocument } from '../config/nested-document.ts';
import { readCopy } from '../control/disk/read-copy.ts';
import type { EntityTables } from '../entities/tables.ts';
import { OperatorError } from '../errors.ts';
import type { Io } from './io.ts';
import { storeSettings, withStore } from './open-command-store.ts';
import type { Flags } from './start-options.ts';

export interface ExportFlags extends Flags {
  /** A file; standard output when absent. */
  readonly output?: string;
  readonly format?: 'yaml' | 'json';
  /** A copy that a node has on disk, to be written in place of what a store holds. */
  readonly copy?: string;
}

/** `sluice export`: writes what a store, or the copy of one, holds as a declarative configuration. */
export async function runExport(flags: ExportFlags, io: Io): Promise<number> {
  const { output } = flags;
  const format = flags.format ?? (output?.endsWith('.json') === true ? 'json' : 'yaml');
  const tables = flags.copy === undefined ? await inStore(flags, io) : await inCopy(flags.copy);
  const text = nestedDocument(tables, format);
  if (output === undefined || output === '-') {
    for (const piece of text) if (!io.stdout.write(piece)) await once(io.stdout, 'drain');
  } else {
    writeFile(output, text);
  }
  return 0;
}

async function inStore(flags: ExportFlags, io: Io): Promise<EntityTables> {
  const use = { settings: storeSettings(flags, io), prepare: false, stderr: io.stderr };
  const { tables } = await withStore(use, (store) => store.load());
  return tables;
}

async function inCopy(path: string): Promise<EntityTables> {
  const read = await readCopy(path, null);
  if (typeof read !== 'string') return read.tables;
  throw new OperatorError(read, {
    help: 'A node with --database keeps one in its directory: snapshot.gz.',
  });
}

/** The file holds secrets: nobody but its owner may read it. It is there whole or not at all. */
function writeFile(path: string, text: Iterable<string>): void {
  const temporary = `${path}.${process.pid}.new`;
  try {
    const file = openSync(temporary, 'wx', 0o600);
    try {
      for (const piece of text) writeFileSync(file, piece);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new OperatorError(`${path} cannot be written (${code})`, { cause: error });
  }
}
