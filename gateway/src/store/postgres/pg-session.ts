import type { ClientBase, QueryArrayConfig } from 'pg';
import { FailedStatement, type Row, type Session, type Statement } from '../relational/database.ts';
import { translated } from './pg-errors.ts';

/** For statements that may take as long as they like: the longest time of a timer, ms. */
const FOR_EVER = 2 ** 31 - 1;

/**
 * One connection. Statements are sent at once and answered in their order. A server that leaves one
 * without an answer is taken for lost: a connection that was cut on its way would be waited on for
 * a quarter of an hour.
 */
export class PgSession implements Session {
  readonly #client: ClientBase;
  /** How long the server may take for one statement, ms. */
  readonly #patience: number;
  /** Nothing is written before this is done. */
  readonly #begun: Promise<unknown>;

  constructor(client: ClientBase, patience: number, begun: Promise<unknown> = Promise.resolve()) {
    this.#client = client;
    this.#patience = patience;
    this.#begun = begun;
  }

  rows(statement: Statement): Promise<readonly Row[]> {
    return this.#send(statement, this.#patience);
  }

  async runAll(statements: readonly Statement[]): Promise<readonly (readonly Row[])[]> {
    await this.#begun;
    return this.sendAll(statements);
  }

  /** As `runAll`, for what may be sent before the beginning is known to be made. */
  async sendAll(statements: readonly Statement[]): Promise<readonly (readonly Row[])[]> {
    const results = await Promise.allSettled(
      // Those before have their time first.
      statements.map((statement, index) => this.#send(statement, (index + 1) * this.#patience)),
    );
    return results.map((result, index) => {
      if (result.status === 'rejected') throw new FailedStatement(index, result.reason);
      return result.value;
    });
  }

  async #send(
    { sql, parameters, name, mayTakeLong }: Statement,
    patience: number,
  ): Promise<readonly Row[]> {
    const query: QueryArrayConfig & { query_timeout: number } = {
      text: sql,
      values: [...parameters],
      rowMode: 'array',
      query_timeout: mayTakeLong === true ? FOR_EVER : Math.min(patience, FOR_EVER),
      ...(name === undefined ? {} : { name }),
    };
    try {
      const { rows } = await this.#client.query<Row & unknown[]>(query);
      return rows;
    } catch (error) {
      throw translated(error);
    }
  }
}
