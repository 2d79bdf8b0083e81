import type { Kysely } from 'kysely';

export type SqlValue = string | number | boolean | null;
/** Values in the order in which they were selected. */
export type Row = readonly SqlValue[];

/** Queries are built with Kysely and run by the database itself: only names and columns are typed. */
export type Builder = Kysely<Record<string, Record<string, SqlValue>>>;

/** What is different between databases in the building of statements. */
export interface Dialect {
  readonly kind: 'sqlite' | 'postgres';
  readonly builder: Builder;
  /** Most rows that are worth inserting by one statement. */
  readonly rowsAtOnce: number;
  /** Whether rows have to be locked; a database with one writer at a time needs no locks. */
  readonly locksRows: boolean;
  /**
   * Lets others know of a commit, as the last thing in the transaction that makes it; null when they
   * see it by themselves.
   */
  readonly notification: Statement | null;
}

export interface Statement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  /** One that comes again and again, always with this text, is kept prepared under this name. */
  readonly name?: string;
  /** One that changes tables, or waits for who does. */
  readonly mayTakeLong?: boolean;
}

/** Runs statements one after the other, on one connection. */
export interface Session {
  rows(statement: Statement): Promise<readonly Row[]>;
  /**
   * Runs statements in one go. What comes after one that failed has no effect that lasts, if the
   * session is in a transaction.
   *
   * @throws FailedStatement
   */
  runAll(statements: readonly Statement[]): Promise<readonly (readonly Row[])[]>;
}

/** One statement of several that could not be run. */
export class FailedStatement extends Error {
  override readonly name = 'FailedStatement';
  /** Which of them. */
  readonly index: number;

  constructor(index: number, cause: unknown) {
    super('a statement failed', { cause });
    this.index = index;
  }
}

/** What has to be done right before the commit; null when nothing is to be committed. */
export interface Ending<T> {
  readonly value: T;
  readonly last: readonly Statement[] | null;
}

/**
 * A relational database. Its errors are those of the contract (`StoreUnavailable`), `LostRace`
 * where a transaction has to run again, and `Violation`.
 */
export interface Database {
  readonly dialect: Dialect;

  /** Runs `work` outside of a transaction: each statement sees what was committed before it. */
  read<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** Everything that `work` reads is of one moment. */
  snapshot<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /**
   * Runs `work` as one transaction, and `last` of what it returns directly before the commit.
   *
   * @returns the rows of `last` as well
   */
  transaction<T>(
    work: (session: Session) => Promise<Ending<T>>,
  ): Promise<{ readonly value: T; readonly rows: readonly (readonly Row[])[] }>;
}

/** A row breaks a rule of its table. */
export class Violation extends Error {
  override readonly name = 'Violation';
  readonly rule: 'unique' | 'foreign-key';
  /** The column at fault; null when the database does not say. */
  readonly column: string | null;
  /** What the database says about the values at fault; null when it says nothing. */
  readonly detail: string | null;

  constructor(
    rule: Violation['rule'],
    column: string | null,
    detail: string | null,
    options: { cause: unknown },
  ) {
    super(`${rule} rule broken`, options);
    this.rule = rule;
    this.column = column;
    this.detail = detail;
  }
}
