import type { Entity, TableName } from '../../entities/tables.ts';
import { foreignId, keyValue, type UniqueKey, type Values } from '../keys.ts';
import { isNewestFirst } from '../offsets.ts';

export type Table = ReadonlyMap<string, Entity>;

interface KeyIndex {
  readonly entities: Map<string, Entity>;
  readonly repeated: Set<string>;
}

/**
 * What helps to find entities of a table that never changes, each made when it is first needed. A
 * changed table is another object, with indexes of its own.
 */
export class TableIndexes {
  static readonly #of = new WeakMap<Table, TableIndexes>();
  readonly #table: Table;
  readonly #byKey = new Map<string, KeyIndex>();
  readonly #byField = new Map<string, ReadonlyMap<string, readonly Entity[]>>();
  #ordered: readonly Entity[] | null = null;

  private constructor(table: Table) {
    this.#table = table;
  }

  static of(table: Table): TableIndexes {
    let indexes = TableIndexes.#of.get(table);
    if (indexes === undefined) {
      indexes = new TableIndexes(table);
      TableIndexes.#of.set(table, indexes);
    }
    return indexes;
  }

  find(key: UniqueKey, value: string): Entity | undefined {
    return this.#keyIndex(key).entities.get(value);
  }

  /** Whether several entities have this value, which none should. */
  isRepeated(key: UniqueKey, value: string): boolean {
    return this.#keyIndex(key).repeated.has(value);
  }

  referring(field: string, id: string): readonly Entity[] {
    let byId = this.#byField.get(field);
    if (byId === undefined) {
      const made = new Map<string, Entity[]>();
      for (const entity of this.#table.values()) {
        const reference = foreignId((entity as Values)[field]);
        if (reference === null) continue;
        const list = made.get(reference);
        if (list === undefined) made.set(reference, [entity]);
        else list.push(entity);
      }
      this.#byField.set(field, (byId = made));
    }
    return byId.get(id) ?? [];
  }

  #keyIndex(key: UniqueKey): KeyIndex {
    let index = this.#byKey.get(key.column);
    if (index === undefined) {
      index = { entities: new Map<string, Entity>(), repeated: new Set<string>() };
      for (const entity of this.#table.values()) {
        const value = keyValue(key, entity);
        if (value === null) continue;
        if (index.entities.has(value)) index.repeated.add(value);
        else index.entities.set(value, entity);
      }
      this.#byKey.set(key.column, index);
    }
    return index;
  }

  /** In the order of lists. */
  ordered(table: TableName): readonly Entity[] {
    return (this.#ordered ??= [...this.#table.values()].sort(orderOf(table)));
  }
}

/** How lists of a table are ordered. */
export function orderOf(table: TableName): (a: Entity, b: Entity) => number {
  if (isNewestFirst(table)) return (a, b) => timeOf(b) - timeOf(a) || byId(b, a);
  return byId;
}

function byId(a: Entity, b: Entity): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

export function timeOf(entity: Entity): number {
  return 'created_at' in entity ? entity.created_at : 0;
}
