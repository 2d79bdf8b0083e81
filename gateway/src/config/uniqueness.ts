import { definitionOf, type TableName } from '../entities/tables.ts';
import type { EntityNode, Values } from './node.ts';

/** An entity that repeats what another one has alone. */
export interface Repetition {
  readonly node: EntityNode;
  readonly first: EntityNode;
  readonly fields: readonly string[];
}

/** Fields that are unique together, and who has which values. */
interface Constraint {
  readonly fields: readonly string[];
  readonly seen: Map<string, EntityNode>;
}

/** Keeps watch over unique fields and fields that are unique together. */
export class Uniqueness {
  readonly #constraints = new Map<TableName, readonly Constraint[]>();

  /** Whether something was declared before; one repetition an entity is enough. */
  check(node: EntityNode, entity: Values): Repetition | undefined {
    for (const { fields, seen } of this.#constraintsOf(node.table)) {
      const key = keyOf(fields, entity);
      if (key === undefined) continue;
      const first = seen.get(key);
      if (first !== undefined) return { node, first, fields };
      seen.set(key, node);
    }
    return undefined;
  }

  #constraintsOf(table: TableName): readonly Constraint[] {
    let known = this.#constraints.get(table);
    if (known === undefined) {
      const { fields, cacheKey = [] } = definitionOf(table);
      const unique = Object.keys(fields).filter((name) => fields[name]?.unique === true);
      const together = cacheKey.length > 1 ? [cacheKey] : [];
      known = [...unique.map((name) => [name]), ...together].map((names) => ({
        fields: names,
        seen: new Map<string, EntityNode>(),
      }));
      this.#constraints.set(table, known);
    }
    return known;
  }
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
