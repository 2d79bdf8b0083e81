import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Row, Session, Statement } from '../relational/database.ts';
import { FailedStatement } from '../relational/database.ts';
import { translated } from './sqlite-errors.ts';

/** Statements that are kept prepared, and the longest of them, characters. */
const MOST_PREPARED = 500;
const LONGEST_PREPARED = 2000;
/** Statements that run in one turn of the event loop. */
const STATEMENTS_A_TURN = 50;

/** How long opening waits for others that are just opening or closing the file, ms. */
const OPEN_PATIENCE = 2000;
/** How long reading waits; writers never keep it, but closing the file does for a moment, ms. */
const READ_PATIENCE = 100;

/** One connection to a file. Every call blocks until SQLite is done. */
export class Connection implements Session {
  readonly #database: DatabaseSync;
  readonly #path: string;
  readonly #prepared = new Map<string, StatementSync>();

  /** @throws StoreUnavailable */
  constructor(path: string, options: { readonly readOnly: boolean }) {
    this.#path = path;
    this.#database = this.#translating(() => {
      const database = new DatabaseSync(path, {
        readOnly: options.readOnly,
        enableForeignKeyConstraints: true,
        timeout: OPEN_PATIENCE,
      });
      try {
        // What is in the write-ahead log after a commit has reached the disk.
        database.exec('PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864');
        if (!options.readOnly) database.exec('PRAGMA journal_mode = WAL');
        // Reads the file for the first time, and finds out whether it is one.
        database.exec('SELECT count(*) FROM sqlite_schema');
        // From now on waiting would block the thread: who writes tries again later.
        database.exec(`PRAGMA busy_timeout = ${options.readOnly ? READ_PATIENCE : 0}`);
        return database;
      } catch (error) {
        database.close();
        throw error;
      }
    });
  }

  rows(statement: Statement): Promise<readonly Row[]> {
    return new Promise((resolve) => resolve(this.#run(statement)));
  }

  async runAll(statements: readonly Statement[]): Promise<readonly (readonly Row[])[]> {
    const results: (readonly Row[])[] = [];
    for (const [index, statement] of statements.entries()) {
      if (index % STATEMENTS_A_TURN === STATEMENTS_A_TURN - 1) await new Promise(setImmediate);
      try {
        results.push(this.#run(statement));
      } catch (error) {
        throw new FailedStatement(index, error);
      }
    }
    return results;
  }

  /** Runs SQL that gives nothing back. */
  exec(sql: string): void {
    this.#translating(() => this.#database.exec(sql));
  }

  /** Gives the value of a pragma. */
  pragma(name: string): unknown {
    return this.#run({ sql: `PRAGMA ${name}`, parameters: [], name: `pragma ${name}` })[0]?.[0];
  }

  get isInTransaction(): boolean {
    return this.#database.isTransaction;
  }

  close(): void {
    this.#prepared.clear();
    if (this.#database.isOpen) this.#database.close();
  }

  #run(statement: Statement): readonly Row[] {
    return this.#translating(() => {
      const values = statement.parameters.map((value) =>
        typeof value === 'boolean' ? Number(value) : (value as string | number | null),
      );
      // Rows are arrays, which the types do not know of.
      return this.#prepare(statement).all(...values) as unknown as readonly Row[];
    });
  }

  #prepare({ sql }: Statement): StatementSync {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    statement.setReturnArrays(true);
    // What is made for one occasion only, such as a long list of ids, would push out the rest.
    if (sql.length > LONGEST_PREPARED) return statement;
    this.#prepared.set(sql, statement);
    const [oldest] = this.#prepared.keys();
    if (this.#prepared.size > MOST_PREPARED && oldest !== undefined) this.#prepared.delete(oldest);
    return statement;
  }

  #translating<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw translated(error, this.#path);
    }
  }
}
