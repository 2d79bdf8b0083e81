import type { Entity, TableName } from '../entities/tables.ts';
import type { EntityTables } from '../entities/tables.ts';

export {
  InvalidOffset,
  RevisionMoved,
  StoreConflict,
  StoreUnavailable,
  type Conflict,
} from './errors.ts';

/**
 * Where entities live. Three homes fulfil this contract (memory, SQLite, PostgreSQL), and one suite
 * of tests, `store.suite.ts`, holds them to it.
 *
 * A store keeps entities that were validated before; what only the whole can show (unique values,
 * references, what still refers) it judges itself, within the transaction. Everything that leaves a
 * store is a complete entity with its fields in the order of the definition.
 *
 * The `snis` of a certificate are no field of their own: whatever is written there, reading gives
 * the sorted names of the SNIs that belong to it, and an SNI that comes or goes changes its
 * certificate, too.
 */
export interface Store {
  readonly kind: 'memory' | 'sqlite' | 'postgres';

  /** Reads one by one, each seeing what was committed before it began. */
  readonly read: StoreReader;

  /**
   * Everything at one moment.
   *
   * @throws StoreUnavailable
   */
  load(): Promise<StoredConfiguration>;

  /**
   * Which store it is; see `StoredConfiguration.identity`.
   *
   * @throws StoreUnavailable
   */
  identity(): Promise<string>;

  /**
   * Runs `work` as one change: all of it is committed durably, or nothing. A transaction that lost
   * against another one, or acted on what it read and others have changed since, is run again, so
   * `work` must not do anything outside of it. A transaction that changed nothing makes no revision.
   *
   * Writes are gathered and carried out together, at the latest when `work` is done: in whatever
   * order values change hands within a transaction, what counts is how it leaves them. So a conflict
   * may show where it is made or at the end. It is final either way, even if `work` catches it.
   *
   * @throws StoreConflict when a rule over several entities is broken
   * @throws RevisionMoved when another revision than `options.follows` is the newest
   * @throws StoreUnavailable when the store is gone, full, locked for too long, or read-only
   * @throws what `work` throws; nothing is committed then
   */
  transaction<T>(
    work: (tx: StoreTransaction) => Promise<T>,
    options?: TransactionOptions,
  ): Promise<Committed<T>>;

  /**
   * Committed revisions after `revision`, oldest first.
   *
   * @param limit most revisions at once
   * @returns undefined when some of them are not kept any more: `load` anew
   */
  changesSince(revision: number, limit: number): Promise<readonly StoredRevision[] | undefined>;

  /** The history, newest first, without what changed in each. */
  revisions(options: {
    readonly before?: number | undefined;
    readonly limit: number;
  }): Promise<readonly RevisionSummary[]>;

  /**
   * What leads from the newest configuration back to that of a revision: for every entity that
   * changed since, what it was then.
   *
   * @returns undefined when that revision is not kept
   */
  changesBackTo(revision: number): Promise<readonly StoredChange[] | undefined>;

  /**
   * Calls `listener` soon after anybody, this process or another, has committed: it may be called
   * too often, and late, but never not at all. Called as well when the connection was lost or found.
   *
   * @returns ends it
   */
  watch(listener: () => void): () => void;

  /**
   * Hands a message to all nodes that are on this store now, this one included; one in PostgreSQL can
   * have several. It is not kept: a node that is away never hears of it.
   *
   * @param message fewer than 8000 bytes
   * @throws StoreUnavailable
   */
  send(message: string): Promise<void>;

  /**
   * Calls `listener` with each message.
   *
   * @returns ends it
   */
  hear(listener: (message: string) => void): () => void;

  /**
   * Deletes what has expired by `now`, ms since the epoch. Expired entities are neither read nor
   * listed meanwhile. Costs next to nothing when none is due, and is done without harm by several
   * nodes at once.
   *
   * @returns how many were deleted
   * @throws StoreUnavailable
   */
  sweepExpired(now?: number): Promise<number>;

  /** How the store is, as last seen; nothing is asked. */
  readonly health: StoreHealth;

  readonly tokens: TokenStore;

  close(): Promise<void>;
}

export interface StoreHealth {
  readonly reachable: boolean;
  /** What went wrong last, for operators; null when reachable. */
  readonly problem: string | null;
  /** When it became (un)reachable, ms since the epoch. */
  readonly since: number;
}

export interface StoredConfiguration {
  /**
   * Which store it is. It stays the same for as long as the store lasts, and a backup that is put back
   * has it as well; one that was made anew in the same place has another.
   */
  readonly identity: string;
  readonly revision: number;
  readonly tables: EntityTables;
}

export interface StoreReader {
  get<T extends TableName>(table: T, id: string): Promise<Entity<T> | undefined>;
  /**
   * The entity that has these values in fields that are unique, alone or together.
   *
   * @param values by field; a foreign key as the id it holds, or null
   */
  find<T extends TableName>(
    table: T,
    values: Readonly<Record<string, string | null>>,
  ): Promise<Entity<T> | undefined>;
  list<T extends TableName>(table: T, query: ListQuery): Promise<Page<Entity<T>>>;
  /** Tags of all entities, or one of them, in the order of tag, table and id. */
  tags(query: TagQuery): Promise<Page<TagUse>>;
}

export interface ListQuery {
  /** Most entities in the page, 1 or more. */
  readonly size: number;
  /** What the page before gave as `next`. */
  readonly after?: string | undefined;
  /** Only those whose foreign key is this id. */
  readonly where?: { readonly field: string; readonly id: string } | undefined;
  /** Only those with all, or any, of these tags. */
  readonly tags?: { readonly all: readonly string[] } | { readonly any: readonly string[] };
}

export interface TagQuery {
  readonly size: number;
  readonly after?: string | undefined;
  readonly tag?: string | undefined;
}

export interface TagUse {
  readonly tag: string;
  readonly table: TableName;
  readonly id: string;
}

/**
 * Part of a list. Lists are ordered by id; targets by the time at which they were made, newest
 * first.
 */
export interface Page<T> {
  readonly items: readonly T[];
  /** For the next page; undefined when this was the last. Opaque, and good for no other list. */
  readonly next: string | undefined;
}

export interface StoreTransaction extends StoreReader {
  /** @throws StoreConflict (`unique`, `primary-key`, `foreign-key`) */
  insert<T extends TableName>(table: T, entity: Entity<T>): Promise<void>;
  /**
   * Replaces the entity of the same id. One that stays the same is no change.
   *
   * @throws StoreConflict (`missing`, `unique`, `foreign-key`)
   */
  update<T extends TableName>(table: T, entity: Entity<T>): Promise<void>;
  /**
   * Deletes an entity, and all that belongs to it.
   *
   * @returns whether it was there
   * @throws StoreConflict (`referenced`) when something that does not go with it refers to it
   */
  delete(table: TableName, id: string): Promise<boolean>;
}

export interface TransactionOptions {
  /** Who makes the change, for the history; absent for the gateway itself. */
  readonly by?: string | undefined;
  /** What was done, for the history, e.g. `PUT /services/orders`. */
  readonly reason?: string | undefined;
  /** Everything is done and judged, then taken back. `revision` is the newest one. */
  readonly dryRun?: boolean | undefined;
  /** The change is good only as long as this is the newest revision. */
  readonly follows?: number | undefined;
  /**
   * Called with all changes when `work` is done, before the commit. What it throws ends the
   * transaction.
   */
  readonly judge?: ((changes: readonly StoredChange[]) => Promise<void> | void) | undefined;
}

export interface Committed<T> {
  readonly value: T;
  /** The revision that the change made, or the newest one when it changed nothing. */
  readonly revision: number;
  /** Net changes, those of dependents included, in an order in which they can be applied. */
  readonly changes: readonly StoredChange[];
}

/** What became of one entity. `before` is null for a new one, `after` for one that is gone. */
export interface StoredChange {
  readonly table: TableName;
  readonly id: string;
  readonly before: Entity | null;
  readonly after: Entity | null;
}

export interface RevisionSummary {
  readonly revision: number;
  /** ms since the epoch. */
  readonly time: number;
  readonly by: string | null;
  readonly reason: string | null;
  /** How many entities changed. */
  readonly changed: number;
}

export interface StoredRevision extends RevisionSummary {
  readonly changes: readonly StoredChange[];
}

/** How long history is kept: whatever is within one of these bounds. */
export const KEPT_REVISIONS = 1000;
export const KEPT_REVISION_DAYS = 90;

/** Tokens of administrators. Only what their secret hashes to is kept. */
export interface TokenStore {
  /** @returns false when there is one of this name that is neither revoked nor expired */
  create(token: StoredToken): Promise<boolean>;
  /** Creates this token unless there has ever been one; atomically, whoever else tries. */
  createFirst(token: StoredToken): Promise<boolean>;
  list(): Promise<readonly StoredToken[]>;
  /** A token by the hash of its secret, revoked and expired ones included. */
  byHash(hash: string): Promise<StoredToken | undefined>;
  /** @returns whether there was such a token that was not revoked */
  revoke(id: string, time: number): Promise<boolean>;
  /** Remembers when a token was used; may be late, need not be durable. */
  touch(id: string, time: number): Promise<void>;
}

/** Times are ms since the epoch. */
export interface StoredToken {
  readonly id: string;
  readonly name: string;
  /** SHA-256 of the secret, which has 256 random bits, in hexadecimal. */
  readonly hash: string;
  readonly createdAt: number;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  readonly lastUsedAt: number | null;
}
