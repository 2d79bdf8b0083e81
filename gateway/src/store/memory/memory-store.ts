import { randomUUID } from 'node:crypto';
import {
  tableNames,
  type Entity,
  type EntityTables,
  type TableName,
} from '../../entities/tables.ts';
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
  TokenStore,
  TransactionOptions,
} from '../contract.ts';
import { differences } from '../differences.ts';
import { isExpired, tablesThatExpire, withNames } from '../entity.ts';
import { Queue } from '../queue.ts';
import { EntityReader } from '../transaction/reader.ts';
import { checkFollows, settle } from '../transaction/settle.ts';
import { Watchers } from '../watchers.ts';
import { MemoryHistory } from './memory-history.ts';
import { MemorySource } from './memory-source.ts';
import { MemoryTokens } from './memory-tokens.ts';

export interface MemoryStoreOptions {
  readonly tables?: EntityTables;
  /** The revision that `tables` have. */
  readonly revision?: number;
  /** Where tokens are kept; in memory when absent. */
  readonly tokens?: TokenStore;
}

/** A store that lives as long as its process. */
export class MemoryStore implements Store {
  readonly kind = 'memory';
  readonly read: StoreReader;
  readonly tokens: TokenStore;
  readonly health: StoreHealth = { reachable: true, problem: null, since: Date.now() };
  /** What is committed. */
  #source: MemorySource;
  readonly #history: MemoryHistory;
  readonly #identity = randomUUID();
  readonly #writers = new Queue();
  readonly #watchers = new Watchers();
  readonly #messages = new Watchers<[message: string]>();

  constructor({ tables = noEntities(), revision = 0, tokens }: MemoryStoreOptions = {}) {
    this.#source = new MemorySource(tables);
    this.#history = new MemoryHistory(revision);
    this.tokens = tokens ?? new MemoryTokens();
    this.read = new EntityReader({
      get: (table, id) => this.#source.get(table, id),
      find: (key, value) => this.#source.find(key, value),
      list: (table, query) => this.#source.list(table, query),
      tags: (query) => this.#source.tags(query),
      namesOf: (ids) => this.#source.namesOf(ids),
    });
  }

  async load(): Promise<StoredConfiguration> {
    const { revision } = this.#history;
    return { identity: this.#identity, revision, tables: await wholeTables(this.#source) };
  }

  identity(): Promise<string> {
    return Promise.resolve(this.#identity);
  }

  transaction<T>(
    work: (tx: StoreTransaction) => Promise<T>,
    options: TransactionOptions = {},
  ): Promise<Committed<T>> {
    return this.#writers.run(async () => {
      const draft = new MemorySource(this.#source.tables);
      const { value, changes } = await settle(draft, work, options);
      checkFollows(options, this.#history.revision);
      if (options.dryRun === true || changes.length === 0) {
        return { value, changes, revision: this.#history.revision };
      }
      return { value, changes, revision: this.#commit(draft, changes, options) };
    });
  }

  /**
   * Puts these entities in place of all others, which makes a revision even if nothing changed.
   *
   * @param revision which one that is; greater than all before
   */
  replaceAll(
    tables: EntityTables,
    revision: number,
    options: Pick<TransactionOptions, 'by' | 'reason'> = {},
  ): Promise<void> {
    return this.#writers.run(async () => {
      const next = new MemorySource(tables);
      const changes = differences(await wholeTables(this.#source), await wholeTables(next));
      this.#commit(next, changes, options, revision);
    });
  }

  changesSince(revision: number, limit: number): Promise<readonly StoredRevision[] | undefined> {
    return Promise.resolve(this.#history.since(revision, limit));
  }

  revisions(options: {
    readonly before?: number | undefined;
    readonly limit: number;
  }): Promise<readonly RevisionSummary[]> {
    return Promise.resolve(this.#history.newestFirst(options.before, options.limit));
  }

  changesBackTo(revision: number): Promise<readonly StoredChange[] | undefined> {
    return Promise.resolve(this.#history.backTo(revision));
  }

  watch(listener: () => void): () => void {
    return this.#watchers.add(listener);
  }

  send(message: string): Promise<void> {
    this.#messages.call(message);
    return Promise.resolve();
  }

  hear(listener: (message: string) => void): () => void {
    return this.#messages.add(listener);
  }

  async sweepExpired(now = Date.now()): Promise<number> {
    const due = tablesThatExpire.flatMap((table) =>
      [...this.#source.tables[table].values()]
        .filter((entity) => isExpired(entity, now))
        .map(({ id }) => ({ table, id })),
    );
    if (due.length === 0) return 0;
    const { changes } = await this.transaction(
      async (tx) => {
        for (const { table, id } of due) await tx.delete(table, id);
      },
      { reason: 'expired' },
    );
    return changes.length;
  }

  async close(): Promise<void> {
    await this.#writers.idle();
  }

  #commit(
    source: MemorySource,
    changes: readonly StoredChange[],
    options: TransactionOptions,
    revision = this.#history.revision + 1,
  ): number {
    this.#source = source;
    this.#history.add(revision, changes, options);
    this.#watchers.call();
    return revision;
  }
}

function noEntities(): EntityTables {
  return Object.fromEntries(tableNames.map((name) => [name, new Map()])) as unknown as EntityTables;
}

/** Tables as they leave the store: without what has expired, certificates with their names. */
async function wholeTables(source: MemorySource): Promise<EntityTables> {
  const { certificates } = source.tables;
  const tables: EntityTables = { ...source.tables, ...unexpired(source.tables) };
  if (certificates.size === 0) return tables;
  const names = await source.namesOf([...certificates.keys()]);
  const whole = [...certificates].map(
    ([id, certificate]) => [id, withNames(certificate, names.get(id) ?? [])] as const,
  );
  return { ...tables, certificates: new Map(whole) as EntityTables['certificates'] };
}

function unexpired(tables: EntityTables): Partial<EntityTables> {
  const now = Date.now();
  const changed: Partial<Record<TableName, Map<string, Entity>>> = {};
  for (const table of tablesThatExpire) {
    const entities = [...tables[table].entries()];
    const left = entities.filter(([, entity]) => !isExpired(entity, now));
    if (left.length < entities.length) changed[table] = new Map<string, Entity>(left);
  }
  return changed as Partial<EntityTables>;
}
