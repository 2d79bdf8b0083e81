import type { ClientBase } from 'pg';
import { FailedStatement, type Row, type Session, type Statement } from '../relational/database.ts';
import { translated } from './pg-errors.ts';

/** One connection. Statements are sent at once and answered in their order. */
export class PgSession implements Session {
  readonly #client: ClientBase;
  /** Nothing is written before this is done. */
  readonly #begun: Promise<unknown>;

  constructor(client: ClientBase, begun: Promise<unknown> = Promise.resolve()) {
    this.#client = client;
    this.#begun = begun;
  }

  async rows({ sql, parameters, name }: Statement): Promise<readonly Row[]> {
    try {
      const { rows } = await this.#client.query<Row & unknown[]>({
        text: sql,
        values: [...parameters],
        rowMode: 'array',
        ...(name === undefined ? {} : { name }),
      });
      return rows;
    } catch (error) {
      throw translated(error);
    }
  }

  async runAll(statements: readonly Statement[]): Promise<readonly (readonly Row[])[]> {
    await this.#begun;
    return this.sendAll(statements);
  }

  /** As `runAll`, for what may be sent before the beginning is known to be made. */
  async sendAll(statements: readonly Statement[]): Promise<readonly (readonly Row[])[]> {
    const results = await Promise.allSettled(statements.map((statement) => this.rows(statement)));
    return results.map((result, index) => {
      if (result.status === 'rejected') throw new FailedStatement(index, result.reason);
      return result.value;
    });
  }
}
