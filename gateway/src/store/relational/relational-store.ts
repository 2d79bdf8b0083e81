import type { TableName } from '../../entities/tables.ts';
import type {
  Committed,
  RevisionSummary,
  Store,
  StoreHealth,
  StoreReader,
  StoreTransaction,
  StoredChange,
  StoredConfiguration,
  StoredRevision,
  TransactionOptions,
} from '../contract.ts';
import { expiryField, tablesThatExpire } from '../entity.ts';
import { Queue } from '../queue.ts';
import { untilWon } from '../transaction/lost-race.ts';
import { EntityReader } from '../transaction/reader.ts';
import { checkFollows, settle } from '../transaction/settle.ts';
import type { Watchers } from '../watchers.ts';
import type { Database, Dialect, Session } from './database.ts';
import { Forgetter } from './forgetter.ts';
import {
  commitStatements,
  holdRevision,
  readBackTo,
  readRevision,
  readSince,
  readSummaries,
} from './history-table.ts';
import { readIdentity } from './identity.ts';
import { Lineage } from './lineage.ts';
import { loadTables } from './load.ts';
import { SqlBackend } from './sql-backend.ts';
import { SqlSource } from './sql-source.ts';
import { TokenTable } from './token-table.ts';

/** What a kind of database brings along. */
export interface StoreParts {
  readonly database: Database;
  /** Called on every commit of this process; whoever hears of others' commits calls it, too. */
  readonly watchers: Watchers;
  /** Called with each message of a node on the database, those of this process included. */
  readonly messages: Watchers<[message: string]>;
  /** Has `messages` called on all nodes. */
  readonly send: (message: string) => Promise<void>;
  readonly health: () => StoreHealth;
  readonly close: () => Promise<void>;
}

/** A store in a relational database. */
export class RelationalStore implements Store {
  readonly kind: 'sqlite' | 'postgres';
  readonly read: StoreReader;
  readonly tokens: TokenTable;
  readonly #parts: StoreParts;
  readonly #dialect: Dialect;
  readonly #forgetter: Forgetter;
  readonly #losers = new Queue();
  readonly #lineage = new Lineage();

  constructor(parts: StoreParts) {
    const { database } = parts;
    this.#parts = parts;
    this.#dialect = database.dialect;
    this.kind = database.dialect.kind;
    this.tokens = new TokenTable(database);
    this.#forgetter = new Forgetter(database);
    const source = <T>(read: (source: SqlSource) => Promise<T>): Promise<T> =>
      this.#reading((session) => read(new SqlSource(this.#dialect, session)));
    this.read = new EntityReader({
      get: (table, id) => source((one) => one.get(table, id)),
      find: (key, value) => source((one) => one.find(key, value)),
      list: (table, query) => source((one) => one.list(table, query)),
      tags: (query) => source((one) => one.tags(query)),
      namesOf: (ids) => source((one) => one.namesOf(ids)),
    });
  }

  get health(): StoreHealth {
    return this.#parts.health();
  }

  load(): Promise<StoredConfiguration> {
    return this.#parts.database.snapshot(async (session) => {
      const [newest] = await readSummaries(this.#dialect, session, { limit: 1 });
      this.#lineage.begin(newest);
      return {
        identity: await readIdentity(this.#dialect, session),
        revision: newest?.revision ?? 0,
        tables: await loadTables(this.#dialect, session),
      };
    });
  }

  identity(): Promise<string> {
    return this.#reading((session) => readIdentity(this.#dialect, session));
  }

  async transaction<T>(
    work: (tx: StoreTransaction) => Promise<T>,
    options: TransactionOptions = {},
  ): Promise<Committed<T>> {
    const committed = await untilWon(() => this.#attempt(work, options), this.#losers);
    if (committed.changes.length > 0 && options.dryRun !== true) this.#parts.watchers.call();
    return committed;
  }

  changesSince(revision: number, limit: number): Promise<readonly StoredRevision[] | undefined> {
    return this.#reading((session) =>
      readSince(this.#dialect, session, this.#lineage, { revision, limit }),
    );
  }

  revisions(options: {
    readonly before?: number | undefined;
    readonly limit: number;
  }): Promise<readonly RevisionSummary[]> {
    return this.#reading((session) => readSummaries(this.#dialect, session, options));
  }

  changesBackTo(revision: number): Promise<readonly StoredChange[] | undefined> {
    return this.#parts.database.snapshot((session) => readBackTo(this.#dialect, session, revision));
  }

  watch(listener: () => void): () => void {
    return this.#parts.watchers.add(listener);
  }

  send(message: string): Promise<void> {
    return this.#parts.send(message);
  }

  hear(listener: (message: string) => void): () => void {
    return this.#parts.messages.add(listener);
  }

  async sweepExpired(now = Date.now()): Promise<number> {
    let swept = 0;
    for (const table of tablesThatExpire) {
      const due = await this.#due(table, now);
      if (due.length === 0) continue;
      const { value } = await this.transaction(
        async (tx) => {
          let count = 0;
          for (const id of due) if (await tx.delete(table, id)) count += 1;
          return count;
        },
        { reason: 'expired' },
      );
      swept += value;
    }
    return swept;
  }

  async close(): Promise<void> {
    this.#forgetter.stop();
    // That a token was used is lost if it cannot be written now.
    await this.tokens.writeTouched().catch(() => undefined);
    await this.#parts.close();
  }

  async #attempt<T>(
    work: (tx: StoreTransaction) => Promise<T>,
    options: TransactionOptions,
  ): Promise<Committed<T>> {
    const { value, rows } = await this.#parts.database.transaction(async (session) => {
      const backend = new SqlBackend(this.#dialect, session);
      const settled = await settle(backend, work, options);
      const { changes } = settled;
      if (options.follows !== undefined) {
        checkFollows(options, await holdRevision(this.#dialect, session));
      }
      if (options.dryRun === true || changes.length === 0) {
        const revision = await readRevision(this.#dialect, session);
        return { value: { ...settled, revision }, last: null };
      }
      const last = commitStatements(this.#dialect, changes, options);
      return { value: { ...settled, revision: 0 }, last };
    });
    const made = rows[0]?.[0]?.[0];
    return made === undefined ? value : { ...value, revision: made as number };
  }

  async #due(table: TableName, now: number): Promise<readonly string[]> {
    const query = this.#dialect.builder
      .selectFrom(table)
      .select('id')
      .where(expiryField, '<=', Math.floor(now / 1000))
      .limit(1000);
    const rows = await this.#reading((session) => session.rows(query.compile()));
    return rows.map(([id]) => id as string);
  }

  #reading<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.#parts.database.read(work);
  }
}
