import { childTables, definitionOf, type Entity, type TableName } from '../../entities/tables.ts';
import {
  InvalidOffset,
  StoreConflict,
  type ListQuery,
  type Page,
  type StoredChange,
  type StoreTransaction,
  type TagQuery,
  type TagUse,
} from '../contract.ts';
import { complete } from '../entity.ts';
import { keyValue } from '../keys.ts';
import { checkStorable } from '../storable.ts';
import type { Dependent, EntitySource, TransactionBackend } from './backend.ts';
import { LostRace } from './lost-race.ts';
import { withCertificates } from './names.ts';
import { OverlaidSource } from './overlaid-source.ts';
import { Pending } from './pending.ts';
import { EntityReader, findableKey } from './reader.ts';
import { Seen } from './seen.ts';

/**
 * A transaction whose writes are gathered and carried out together. It sees its own writes.
 *
 * Reading locks nothing. What was read is remembered instead, and when a write finds that it has
 * changed meanwhile, the whole transaction runs again.
 */
export class EntityTransaction implements StoreTransaction {
  readonly #backend: TransactionBackend;
  readonly #source: EntitySource;
  readonly #reader: EntityReader;
  readonly #pending = new Pending();
  readonly #seen = new Seen();
  /** What ended the transaction: nothing more can be done in it. */
  #failure: Error | null = null;

  constructor(backend: TransactionBackend) {
    this.#backend = backend;
    this.#source = new OverlaidSource(backend, this.#pending, this.#seen, () => this.#flush());
    this.#reader = new EntityReader(this.#source);
  }

  get<T extends TableName>(table: T, id: string): Promise<Entity<T> | undefined> {
    return this.#guarded(() => this.#reader.get(table, id));
  }

  find<T extends TableName>(
    table: T,
    values: Readonly<Record<string, string | null>>,
  ): Promise<Entity<T> | undefined> {
    return this.#guarded(async () => {
      const found = await this.#reader.find(table, values);
      const key = findableKey(table, values);
      const value = keyValue(key, values);
      if (found === undefined && value !== null) this.#seen.nothingWith(key, value);
      return found;
    });
  }

  list<T extends TableName>(table: T, query: ListQuery): Promise<Page<Entity<T>>> {
    return this.#guarded(() => this.#reader.list(table, query));
  }

  tags(query: TagQuery): Promise<Page<TagUse>> {
    return this.#guarded(() => this.#reader.tags(query));
  }

  insert<T extends TableName>(table: T, entity: Entity<T>): Promise<void> {
    return this.#guarded(() => {
      const { id } = entity;
      checkStorable(table, entity);
      const slot = this.#pending.get(table, id);
      if (slot !== undefined && slot.after !== null) {
        throw new StoreConflict({ kind: 'primary-key', table, id });
      }
      this.#pending.set(table, id, null, complete(table, entity));
      return Promise.resolve();
    });
  }

  update<T extends TableName>(table: T, entity: Entity<T>): Promise<void> {
    return this.#guarded(async () => {
      checkStorable(table, entity);
      const before = await this.#current(table, entity.id);
      if (before === null) throw new StoreConflict({ kind: 'missing', table, id: entity.id });
      this.#pending.set(table, entity.id, before, complete(table, entity));
    });
  }

  delete(table: TableName, id: string): Promise<boolean> {
    return this.#guarded(async () => {
      const before = await this.#current(table, id, childTables(table).length > 0);
      if (before === null) return false;
      await this.#remove(table, before);
      return true;
    });
  }

  /** Carries out what is left to do. @returns net changes */
  finish(): Promise<readonly StoredChange[]> {
    return this.#guarded(async () => {
      await this.#flush();
      return withCertificates(this.#pending.net(), this.#backend);
    });
  }

  /** Ends it: whoever still holds on to it can do nothing with it. */
  close(): void {
    this.#failure ??= new Error('the transaction is over');
  }

  /**
   * An entity as it is in this transaction. That it still is when it is written is made sure of
   * then; it is only locked here when what refers to it counts as well.
   */
  async #current(table: TableName, id: string, locked = false): Promise<Entity | null> {
    const slot = this.#pending.get(table, id);
    if (slot !== undefined) return slot.after;
    const now = await this.#backend[locked ? 'lock' : 'get'](table, id);
    if (this.#seen.isStale(table, id, now)) throw new LostRace(`${table} ${id} has changed`);
    return this.#pending.get(table, id)?.after ?? now ?? null;
  }

  async #remove(table: TableName, entity: Entity): Promise<void> {
    const { id } = entity;
    this.#pending.set(table, id, entity, null);
    if (childTables(table).length === 0) return;
    for (const dependent of await this.#dependents(table, id)) {
      const { table: by, field, entity: child } = dependent;
      const rule = definitionOf(by).fields[field];
      if (rule?.type !== 'foreign' || rule.on_delete !== 'cascade') {
        throw new StoreConflict({ kind: 'referenced', table, id, by, byId: child.id });
      }
      if (this.#pending.get(by, child.id)?.after !== null) await this.#remove(by, child);
    }
  }

  async #dependents(table: TableName, id: string): Promise<readonly Dependent[]> {
    const stored = await this.#backend.dependents(table, id);
    const untouched = stored.filter(
      (one) => this.#pending.get(one.table, one.entity.id) === undefined,
    );
    const touched = childTables(table).flatMap(({ table: by, field }) =>
      this.#pending.referring(by, field, id).map((entity) => ({ table: by, field, entity })),
    );
    return [...untouched, ...touched];
  }

  async #flush(): Promise<void> {
    if (!this.#pending.hasUnwritten) return;
    const plan = this.#pending.takePlan();
    if (plan.puts.length > 0 || plan.deletes.length > 0) await this.#backend.write(plan);
  }

  async #guarded<T>(work: () => Promise<T>): Promise<T> {
    if (this.#failure !== null) throw this.#failure;
    try {
      return await work();
    } catch (error) {
      const lost = error instanceof StoreConflict && this.#seen.contradicts(error.conflict);
      const failure = lost ? new LostRace(error.message, { cause: error }) : error;
      if (failure instanceof Error && isFinal(failure)) this.#failure ??= failure;
      throw failure;
    }
  }
}

/** Asking for a page that was never given does no harm to the rest. */
function isFinal(error: Error): boolean {
  return !(error instanceof InvalidOffset);
}
