import { readFileSync } from 'node:fs';
import { OperatorError } from '../errors.ts';
import { databaseUrl } from './admin-kinds.ts';
import { ValueError } from './kinds.ts';
import type { DatabaseSettings } from './node-settings.ts';
import type { OptionName, OptionValues } from './options.ts';

/** The settings that say where a store is. */
export const storeOptions = [
  'data',
  'database',
  'database-file',
  'database-pool-size',
] as const satisfies readonly OptionName[];

/** Where entities and tokens live. */
export interface StoreSettings {
  readonly data: string;
  /** Null: the store is a file in `data`. */
  readonly database: DatabaseSettings | null;
}

type StoreValues = Pick<OptionValues, (typeof storeOptions)[number]>;

/**
 * The database to use, if any.
 *
 * @throws OperatorError (usage)
 */
export function databaseOf(values: StoreValues): DatabaseSettings | null {
  const { database, 'database-file': file, 'database-pool-size': poolSize } = values;
  if (database !== undefined && file !== undefined) {
    throw new OperatorError('--database and --database-file both name a database', {
      exitCode: 2,
      help: 'Give one of them.',
    });
  }
  const url = file === undefined ? database : readDatabaseFile(file);
  return url === undefined ? null : { url, poolSize };
}

function readDatabaseFile(file: string): string {
  const refuse = (reason: string): OperatorError =>
    new OperatorError(`--database-file ${file} ${reason}`, {
      exitCode: 2,
      help: 'The file holds one line: postgres://USER:PASSWORD@HOST/DATABASE',
    });
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw refuse(`cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`);
  }
  try {
    return databaseUrl().parse(text);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw refuse(`holds something that ${error.message}`);
  }
}
