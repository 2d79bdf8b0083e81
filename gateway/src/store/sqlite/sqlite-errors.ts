import { StoreUnavailable } from '../contract.ts';
import { Violation } from '../relational/database.ts';

/** Primary result codes of SQLite: the low byte of what an error carries. */
const codes = {
  perm: 3,
  busy: 5,
  locked: 6,
  readonly: 8,
  ioerr: 10,
  corrupt: 11,
  full: 13,
  cantopen: 14,
  constraint: 19,
  notadb: 26,
} as const;

interface SqliteError extends Error {
  readonly code: 'ERR_SQLITE_ERROR';
  readonly errcode: number;
}

function isSqliteError(error: unknown): error is SqliteError {
  return error instanceof Error && 'code' in error && error.code === 'ERR_SQLITE_ERROR';
}

export function isBusy(error: unknown): boolean {
  if (!isSqliteError(error)) return false;
  const primary = error.errcode & 0xff;
  return primary === codes.busy || primary === codes.locked;
}

/** What an error of SQLite means to whoever uses the store; others are given back as they are. */
export function translated(error: unknown, path: string): unknown {
  if (!isSqliteError(error)) return error;
  if ((error.errcode & 0xff) === codes.constraint) return violation(error);
  const problem = problemOf(error.errcode & 0xff);
  if (problem === undefined) return error;
  const [reason, what] = problem;
  const message = `${path}: ${what} (${error.message})`;
  return new StoreUnavailable(reason, message, { cause: error });
}

function problemOf(code: number): readonly [StoreUnavailable['reason'], string] | undefined {
  switch (code) {
    case codes.busy:
    case codes.locked:
      return ['locked', 'another process keeps the database locked'];
    case codes.full:
      return ['full', 'the disk is full'];
    case codes.readonly:
    case codes.perm:
      return ['read-only', 'the database cannot be written to'];
    case codes.corrupt:
    case codes.notadb:
      return ['damaged', 'the database is damaged; restore a backup'];
    case codes.ioerr:
      return ['unreachable', 'the disk does not work'];
    case codes.cantopen:
      return ['unreachable', 'the database cannot be opened'];
    default:
      return undefined;
  }
}

/** SQLite names the columns of a unique rule, and nothing of a foreign key. */
function violation(error: SqliteError): unknown {
  const { message } = error;
  if (message.startsWith('FOREIGN KEY')) {
    return new Violation('foreign-key', null, null, { cause: error });
  }
  const column = /^UNIQUE constraint failed: \w+\.(\w+)$/.exec(message)?.[1];
  return column === undefined ? error : new Violation('unique', column, null, { cause: error });
}
