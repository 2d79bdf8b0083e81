import type { Entity, TableName } from '../../entities/tables.ts';
import type { Conflict } from '../contract.ts';
import { isSameEntity } from '../entity.ts';
import { keyValue, uniqueKeyOf, type UniqueKey } from '../keys.ts';

/**
 * What a transaction has read without a lock. A write that finds something else was decided on what
 * is no longer true.
 */
export class Seen {
  readonly #entities = new Map<string, Entity | undefined>();
  readonly #absent = new Set<string>();

  entity(table: TableName, id: string, entity: Entity | undefined): void {
    this.#entities.set(`${table} ${id}`, entity);
  }

  nothingWith(key: UniqueKey, value: string): void {
    this.#absent.add(`${key.table} ${key.column} ${value}`);
  }

  /** Whether the entity was seen, and is different now. */
  isStale(table: TableName, id: string, now: Entity | undefined): boolean {
    const name = `${table} ${id}`;
    if (!this.#entities.has(name)) return false;
    return !isSameEntity(this.#entities.get(name) ?? null, now ?? null);
  }

  /** Whether a conflict comes from what has changed since it was looked at. */
  contradicts(conflict: Conflict): boolean {
    switch (conflict.kind) {
      case 'primary-key': {
        const name = `${conflict.table} ${conflict.id}`;
        return this.#entities.has(name) && this.#entities.get(name) === undefined;
      }
      case 'unique': {
        const key = uniqueKeyOf(conflict.table, Object.keys(conflict.values));
        const value = key === undefined ? null : keyValue(key, conflict.values);
        return this.#absent.has(`${conflict.table} ${key?.column} ${value}`);
      }
      case 'foreign-key':
        return this.#entities.get(`${conflict.reference} ${conflict.id}`) !== undefined;
      case 'missing':
      case 'referenced':
      case 'value':
        return false;
    }
  }
}
