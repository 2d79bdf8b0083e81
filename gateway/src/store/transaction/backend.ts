import type { Entity, TableName } from '../../entities/tables.ts';
import type { ListQuery, Page, TagQuery, TagUse } from '../contract.ts';
import type { UniqueKey } from '../keys.ts';

/**
 * What one home of entities reads and writes, within a transaction or outside of one. Certificates
 * come and go without the names of their SNIs here; expired entities are not left out by `get`.
 */
export interface EntitySource {
  get(table: TableName, id: string): Promise<Entity | undefined>;
  /** @param value as `keyValue` gives it */
  find(key: UniqueKey, value: string): Promise<Entity | undefined>;
  list(table: TableName, query: ListQuery): Promise<Page<Entity>>;
  tags(query: TagQuery): Promise<Page<TagUse>>;
  /** Names of the SNIs of certificates, by the id of the certificate. */
  namesOf(certificates: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
}

export interface TransactionBackend extends EntitySource {
  /**
   * Reads an entity as it is now, and keeps others from changing it, and from making anything that
   * refers to it, until the end.
   */
  lock(table: TableName, id: string): Promise<Entity | undefined>;
  /** What refers to an entity that is locked; it is locked as well. */
  dependents(table: TableName, id: string): Promise<readonly Dependent[]>;
  /**
   * Carries out what was planned.
   *
   * @throws LostRace when an entity is not any more what the plan takes it for
   * @throws StoreConflict (`unique`, `primary-key`, `foreign-key`)
   */
  write(plan: WritePlan): Promise<void>;
}

/** An entity that refers to another one by `field`. */
export interface Dependent {
  readonly table: TableName;
  readonly field: string;
  readonly entity: Entity;
}

/** Writes in an order in which no rule is broken on the way. */
export interface WritePlan {
  /** Unique values that someone else is about to take. */
  readonly releases: readonly { readonly key: UniqueKey; readonly id: string }[];
  /** New and changed entities, those referred to before those that refer. */
  readonly puts: readonly Put[];
  /** Entities to delete, those that refer before those referred to. */
  readonly deletes: readonly { readonly table: TableName; readonly stored: Entity }[];
}

export interface Put {
  readonly table: TableName;
  /** What is there by now; null for a new one. */
  readonly stored: Entity | null;
  readonly after: Entity;
}
