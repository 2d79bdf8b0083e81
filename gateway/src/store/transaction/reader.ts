import type { Entity, TableName } from '../../entities/tables.ts';
import type { ListQuery, Page, StoreReader, TagQuery, TagUse } from '../contract.ts';
import { isExpired } from '../entity.ts';
import { keyValue, uniqueKeyOf, type UniqueKey } from '../keys.ts';
import type { EntitySource } from './backend.ts';
import { named } from './names.ts';

/** Reads whole entities from a source. */
export class EntityReader implements StoreReader {
  readonly #source: EntitySource;

  constructor(source: EntitySource) {
    this.#source = source;
  }

  async get<T extends TableName>(table: T, id: string): Promise<Entity<T> | undefined> {
    return this.#whole(table, await this.#source.get(table, id));
  }

  async find<T extends TableName>(
    table: T,
    values: Readonly<Record<string, string | null>>,
  ): Promise<Entity<T> | undefined> {
    const key = findableKey(table, values);
    const value = keyValue(key, values);
    return value === null ? undefined : this.#whole(table, await this.#source.find(key, value));
  }

  async list<T extends TableName>(table: T, query: ListQuery): Promise<Page<Entity<T>>> {
    const { items, next } = await this.#source.list(table, query);
    return { items: (await named(this.#source, table, items)) as readonly Entity<T>[], next };
  }

  tags(query: TagQuery): Promise<Page<TagUse>> {
    return this.#source.tags(query);
  }

  async #whole<T extends TableName>(
    table: T,
    entity: Entity | undefined,
  ): Promise<Entity<T> | undefined> {
    if (entity === undefined || isExpired(entity, Date.now())) return undefined;
    const [whole] = await named(this.#source, table, [entity]);
    return whole as Entity<T>;
  }
}

/** The key by whose values entities are found. Asking for another one is a mistake in the program. */
export function findableKey(
  table: TableName,
  values: Readonly<Record<string, string | null>>,
): UniqueKey {
  const fields = Object.keys(values);
  const key = uniqueKeyOf(table, fields);
  if (key === undefined) throw new TypeError(`${table} have no unique ${fields.join(', ')}`);
  return key;
}
