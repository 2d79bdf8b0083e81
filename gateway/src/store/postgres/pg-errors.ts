import { DatabaseError } from 'pg';
import { StoreUnavailable } from '../contract.ts';
import { Violation } from '../relational/database.ts';
import { LostRace } from '../transaction/lost-race.ts';

type Reason = StoreUnavailable['reason'];

/** What error codes of PostgreSQL, or their first two characters, mean for a store. */
const reasons: Readonly<Record<string, readonly [Reason, string, help?: string]>> = {
  '08': ['unreachable', 'the connection failed'],
  '28': [
    'unreachable',
    'it does not let the user in',
    'Correct the user and the password in --database, or let the user in (pg_hba.conf).',
  ],
  '3D': [
    'unreachable',
    'there is no such database',
    'Create it (CREATE DATABASE …), or correct the name in --database; its tables are made by the first start.',
  ],
  '3F000': ['missing', 'its tables are gone'],
  '42P01': ['missing', 'its tables are gone'],
  '42501': ['read-only', 'the user may not do this'],
  '25P03': ['unreachable', 'it gave up a transaction in which nothing happened for too long'],
  '25P04': ['unreachable', 'it gave up a transaction that took too long'],
  '25006': ['read-only', 'it takes no writes: it may be a standby'],
  '53': ['unreachable', 'it has no resources left'],
  '53100': ['full', 'its disk is full'],
  '53300': ['unreachable', 'it takes no more connections'],
  '55P03': ['locked', 'others have what is needed locked for too long'],
  '57014': ['locked', 'it took too long'],
  '57': ['unreachable', 'it is shutting down or starting up'],
  '58': ['unreachable', 'its disk does not work'],
  XX001: ['damaged', 'its data is damaged'],
  XX002: ['damaged', 'an index is damaged'],
};

/** Serialization failure and deadlock: one of two that met has to begin again. */
const lostRaces = ['40001', '40P01'];

/** What an error of `pg` means to whoever uses the store; others are given back as they are. */
export function translated(error: unknown): unknown {
  if (error instanceof DatabaseError) return ofServer(error);
  // Its words may be those of a connection; it is known already what it means.
  if (error instanceof StoreUnavailable || !isOfConnection(error)) return error;
  const message = `PostgreSQL cannot be reached: ${messageOf(error)}`;
  return new StoreUnavailable('unreachable', message, { cause: error });
}

/** Whether the connection is of no more use. */
export function isConnectionLost(error: unknown): boolean {
  return error instanceof StoreUnavailable && error.reason === 'unreachable';
}

function ofServer(error: DatabaseError): unknown {
  const { code = '', constraint, table, detail = null } = error;
  if (lostRaces.includes(code)) return new LostRace(error.message, { cause: error });
  const column = columnOf(table, constraint);
  if (code === '23505') return new Violation('unique', column, detail, { cause: error });
  if (code === '23503') return new Violation('foreign-key', column, detail, { cause: error });
  const found = reasons[code] ?? reasons[code.slice(0, 2)];
  if (found === undefined) return error;
  const [reason, what, help] = found;
  const message = `PostgreSQL: ${what} (${error.message})`;
  return new StoreUnavailable(reason, message, { cause: error, help });
}

/** The column that a constraint is about: names are `<table>_<column>_key` and the like. */
function columnOf(table: string | undefined, constraint: string | undefined): string | null {
  if (table === undefined || constraint === undefined) return null;
  if (constraint === `${table}_pkey`) return 'id';
  const match = /^(.*)_(?:key|fkey)$/.exec(constraint.slice(table.length + 1));
  return match?.[1] ?? null;
}

/** Errors of sockets have a code; those of `pg` itself only have words. */
function isOfConnection(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError || 'syscall' in error) return true;
  const { code } = error as NodeJS.ErrnoException;
  if (
    typeof code === 'string' &&
    /^(E[A-Z]+$|ERR_(SSL|TLS)|[A-Z_]*CERT|SELF_SIGNED|UNABLE_TO)/.test(code)
  ) {
    return true;
  }
  return /connection|connect|timeout|SSL|SASL|not queryable|Client was closed/i.test(error.message);
}

function messageOf(error: Error): string {
  if (!(error instanceof AggregateError)) return withAdvice(error.message);
  return (error.errors as Error[]).map(({ message }) => message).join('; ');
}

function withAdvice(message: string): string {
  return message.includes('does not support SSL')
    ? `${message}; sslmode=disable connects without encryption`
    : message;
}
