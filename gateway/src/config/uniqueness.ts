import { definitionOf, type TableName } from '../entities/tables.ts';
import type { Values } from './node.ts';

/** Fields that are unique, alone or together, and the values that were seen. */
interface Constraint {
  readonly fields: readonly string[];
  readonly seen: Set<string>;
}

/** Keeps watch over unique fields and fields that are unique together. */
export class Uniqueness {
  readonly #constraints = new Map<TableName, readonly Constraint[]>();

  /** The fields in which an entity repeats one that came before; one repetition is enough. */
  check(table: TableName, entity: Values): readonly string[] | undefined {
    for (const { fields, seen } of this.#constraintsOf(table)) {
      const key = keyOf(fields, entity);
      if (key === undefined) continue;
      const { size } = seen;
      if (seen.add(key).size === size) return fields;
    }
    return undefined;
  }

  /** Whether an entity repeats one that was checked. It is not remembered itself. */
  repeats(table: TableName, entity: Values): boolean {
    const constraints = this.#constraints.get(table);
    if (constraints === undefined) return false;
    for (const { fields, seen } of constraints) {
      if (seen.size === 0) continue;
      const key = keyOf(fields, entity);
      if (key !== undefined && seen.has(key)) return true;
    }
    return false;
  }

  #constraintsOf(table: TableName): readonly Constraint[] {
    let known = this.#constraints.get(table);
    if (known === undefined) {
      const { fields, cacheKey = [] } = definitionOf(table);
      const unique = Object.keys(fields).filter((name) => fields[name]?.unique === true);
      const together = cacheKey.length > 1 ? [cacheKey] : [];
      known = [...unique.map((name) => [name]), ...together].map((names) => ({
        fields: names,
        seen: new Set<string>(),
      }));
      this.#constraints.set(table, known);
    }
    return known;
  }
}

/** Whether two entities have the same values in these fields. */
export function isSame(fields: readonly string[], a: Values, b: Values): boolean {
  return keyOf(fields, a) === keyOf(fields, b);
}

function keyOf(fields: readonly string[], entity: Values): string | undefined {
  if (fields.length === 1) {
    const value = entity[fields[0] ?? ''];
    return typeof value === 'string' ? value : undefined;
  }
  let key = '';
  for (const name of fields) {
    const value = entity[name] as string | { id: string } | null | undefined;
    key += `${typeof value === 'object' ? (value?.id ?? '') : (value ?? '')}\n`;
  }
  return key;
}
