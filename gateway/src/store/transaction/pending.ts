import { type Entity, type TableName } from '../../entities/tables.ts';
import type { StoredChange } from '../contract.ts';
import { inOrder, isSameEntity } from '../entity.ts';
import { foreignId, keyValue, uniqueKeys, type UniqueKey, type Values } from '../keys.ts';
import type { WritePlan } from './backend.ts';

/** An entity that a transaction has touched. */
export interface Slot {
  readonly table: TableName;
  readonly id: string;
  /** As it was before the transaction; null when it was not there. */
  readonly before: Entity | null;
  /** What has been written of it so far. */
  stored: Entity | null;
  /** What it is to be. */
  after: Entity | null;
}

/** What a transaction has changed, written already or not. */
export class Pending {
  readonly #slots = new Map<TableName, Map<string, Slot>>();
  /** Entities by what of them is unique. */
  readonly #byKey = new Map<string, Entity>();
  #unwritten = new Set<Slot>();

  get(table: TableName, id: string): Slot | undefined {
    return this.#slots.get(table)?.get(id);
  }

  /** @param before what was there; null when nothing was */
  set(table: TableName, id: string, before: Entity | null, after: Entity | null): void {
    let slot = this.get(table, id);
    if (slot === undefined) {
      slot = { table, id, before, stored: before, after };
      let slots = this.#slots.get(table);
      if (slots === undefined) this.#slots.set(table, (slots = new Map<string, Slot>()));
      slots.set(id, slot);
    }
    for (const name of claimsOf(table, slot.after)) {
      if (this.#byKey.get(name) === slot.after) this.#byKey.delete(name);
    }
    slot.after = after;
    if (after !== null) for (const name of claimsOf(table, after)) this.#byKey.set(name, after);
    this.#unwritten.add(slot);
  }

  /** The entity that is to have this value. */
  find(key: UniqueKey, value: string): Entity | undefined {
    return this.#byKey.get(claim(key, value));
  }

  slotsOf(table: TableName): Iterable<Slot> {
    return this.#slots.get(table)?.values() ?? [];
  }

  /** Entities that are to refer to this one. */
  referring(table: TableName, field: string, id: string): Entity[] {
    const found: Entity[] = [];
    for (const { after } of this.slotsOf(table)) {
      if (after !== null && foreignId((after as Values)[field]) === id) found.push(after);
    }
    return found;
  }

  get hasUnwritten(): boolean {
    return this.#unwritten.size > 0;
  }

  /** What has to be written; counts as written from now on. */
  takePlan(): WritePlan {
    const slots = [...this.#unwritten].filter(({ stored, after }) => !isSameEntity(stored, after));
    this.#unwritten = new Set();
    const ordered = inOrder(slots.map((slot) => ({ ...slot, before: slot.stored })));
    const releases = releasesOf(slots);
    for (const slot of slots) slot.stored = slot.after;
    return {
      releases,
      puts: ordered.flatMap(({ table, before, after }) =>
        after === null ? [] : [{ table, stored: before, after }],
      ),
      deletes: ordered.flatMap(({ table, before, after }) =>
        after !== null || before === null ? [] : [{ table, stored: before }],
      ),
    };
  }

  net(): StoredChange[] {
    const changes: StoredChange[] = [];
    for (const slots of this.#slots.values()) {
      for (const { table, id, before, after } of slots.values()) {
        if (!isSameEntity(before, after)) changes.push({ table, id, before, after });
      }
    }
    return inOrder(changes);
  }
}

/** Unique values that one entity gives up and another takes. */
function releasesOf(slots: readonly Slot[]): { key: UniqueKey; id: string }[] {
  const givenUp = slots.flatMap((slot) =>
    slot.stored === null
      ? []
      : uniqueKeys(slot.table).flatMap((key) => {
          const value = keyValue(key, slot.stored as Values);
          const next = slot.after === null ? null : keyValue(key, slot.after);
          return value === null || value === next ? [] : [{ key, id: slot.id, value }];
        }),
  );
  if (givenUp.length === 0) return [];
  const taken = new Set(slots.flatMap(({ table, after }) => claimsOf(table, after)));
  return givenUp.filter(({ key, value }) => taken.has(claim(key, value)));
}

/** What of an entity is unique, each as one text. */
function claimsOf(table: TableName, entity: Entity | null): string[] {
  if (entity === null) return [];
  return uniqueKeys(table).flatMap((key) => {
    const value = keyValue(key, entity);
    return value === null ? [] : [claim(key, value)];
  });
}

function claim({ table, column }: UniqueKey, value: string): string {
  return `${table}.${column}=${value}`;
}
