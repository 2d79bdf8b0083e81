import { tableNames, type Entity, type EntityTables, type TableName } from '../entities/tables.ts';

/**
 * Gathers the entities of a document by table and id. A table that comes out as it was before is the
 * same object, so that whoever compares tables need not look inside.
 */
export class TableBuilder {
  readonly #tables: ReadonlyMap<TableName, Table>;

  constructor(before?: EntityTables) {
    this.#tables = new Map(tableNames.map((name) => [name, new Table(before?.[name])]));
  }

  /** @returns whether the id was still free; otherwise the entity has taken the place of the other */
  add(table: TableName, entity: Entity): boolean {
    return this.#tables.get(table)?.add(entity) === true;
  }

  finish(): EntityTables {
    const tables = tableNames.map((name) => [name, this.#tables.get(name)?.finish()]);
    return Object.fromEntries(tables) as EntityTables;
  }
}

type Entities = ReadonlyMap<string, Entity>;

class Table {
  readonly #before: Entities;
  readonly #expected: Iterator<Entity>;
  /** How many have come as expected. */
  #same = 0;
  /** All that came, from when something else did. */
  #other: Map<string, Entity> | null = null;

  constructor(before: Entities = new Map<string, Entity>()) {
    this.#before = before;
    this.#expected = before.values();
  }

  add(entity: Entity): boolean {
    if (this.#other === null) {
      if (this.#expected.next().value === entity) {
        this.#same += 1;
        return true;
      }
      this.#other = this.#begun();
    }
    // Of a million entities each look at the map is one at memory: asking first would double them.
    const { size } = this.#other;
    return this.#other.set(entity.id, entity).size > size;
  }

  finish(): Entities {
    if (this.#other !== null) return this.#other;
    return this.#same === this.#before.size ? this.#before : this.#begun();
  }

  #begun(): Map<string, Entity> {
    const begun = new Map<string, Entity>();
    for (const [id, entity] of this.#before) {
      if (begun.size === this.#same) break;
      begun.set(id, entity);
    }
    return begun;
  }
}
