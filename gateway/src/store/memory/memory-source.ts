import {
  childTables,
  foreignKeys,
  type Entity,
  type EntityTables,
  type TableName,
} from '../../entities/tables.ts';
import {
  StoreConflict,
  type ListQuery,
  type Page,
  type TagQuery,
  type TagUse,
} from '../contract.ts';
import {
  foreignId,
  keyValue,
  keyValues,
  uniqueKeys,
  type UniqueKey,
  type Values,
} from '../keys.ts';
import type { Dependent, Put, TransactionBackend, WritePlan } from '../transaction/backend.ts';
import { TableIndexes, type Table } from './indexes.ts';
import { pageOf, tagPage } from './pages.ts';

/** Entities in memory. Tables are never changed but replaced, so that whoever has them can keep them. */
export class MemorySource implements TransactionBackend {
  #tables: EntityTables;

  constructor(tables: EntityTables) {
    this.#tables = tables;
  }

  get tables(): EntityTables {
    return this.#tables;
  }

  get(table: TableName, id: string): Promise<Entity | undefined> {
    return Promise.resolve(this.#tables[table].get(id));
  }

  find(key: UniqueKey, value: string): Promise<Entity | undefined> {
    return Promise.resolve(this.#indexes(key.table).find(key, value));
  }

  list(table: TableName, query: ListQuery): Promise<Page<Entity>> {
    return promised(() => pageOf(table, this.#tables[table], query));
  }

  tags(query: TagQuery): Promise<Page<TagUse>> {
    return promised(() => tagPage(this.#tables, query));
  }

  namesOf(certificates: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const indexes = this.#indexes('snis');
    const names = certificates.map((id) => {
      const snis = indexes.referring('certificate', id);
      return [id, snis.map((sni) => (sni as Entity<'snis'>).name)] as const;
    });
    return Promise.resolve(new Map(names));
  }

  lock(table: TableName, id: string): Promise<Entity | undefined> {
    return this.get(table, id);
  }

  dependents(table: TableName, id: string): Promise<readonly Dependent[]> {
    const found = childTables(table).flatMap(({ table: by, field }) =>
      this.#indexes(by)
        .referring(field, id)
        .map((entity) => ({ table: by, field, entity })),
    );
    return Promise.resolve(found);
  }

  write({ puts, deletes }: WritePlan): Promise<void> {
    const changed = new Map<TableName, Map<string, Entity>>();
    const draft = (table: TableName): Map<string, Entity> => {
      let copy = changed.get(table);
      if (copy === undefined)
        changed.set(table, (copy = new Map<string, Entity>(this.#tables[table])));
      return copy;
    };
    for (const { table, stored, after } of puts) {
      const copy = draft(table);
      if (stored === null && copy.has(after.id)) {
        throw new StoreConflict({ kind: 'primary-key', table, id: after.id });
      }
      copy.set(after.id, after);
    }
    for (const { table, stored } of deletes) draft(table).delete(stored.id);
    const next = { ...this.#tables, ...Object.fromEntries(changed) };
    checkPuts(puts, next);
    this.#tables = next;
    return Promise.resolve();
  }

  #indexes(table: TableName): TableIndexes {
    return TableIndexes.of(this.#tables[table]);
  }
}

/** A promise even of what is thrown. */
function promised<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => resolve(work()));
}

/** @throws StoreConflict when what was put breaks a rule in the tables as they are to be */
function checkPuts(puts: readonly Put[], tables: EntityTables): void {
  for (const { table, after } of puts) {
    for (const { field, table: reference } of foreignKeys(table)) {
      const id = foreignId((after as Values)[field]);
      if (id !== null && !tables[reference].has(id)) {
        throw new StoreConflict({ kind: 'foreign-key', table, field, reference, id });
      }
    }
    for (const key of uniqueKeys(table)) checkUnique(key, after, tables[table]);
  }
}

function checkUnique(key: UniqueKey, entity: Entity, table: Table): void {
  const value = keyValue(key, entity);
  if (value === null || !TableIndexes.of(table).isRepeated(key, value)) return;
  throw new StoreConflict({ kind: 'unique', table: key.table, values: keyValues(key, entity) });
}
