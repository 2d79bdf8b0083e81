import type { Field } from '../entities/schema/field.ts';
import { definitionOf, type Entity, type TableName } from '../entities/tables.ts';
import { StoreConflict } from './contract.ts';
import { uniqueKeys, type Values } from './keys.ts';

/** Longest text that is looked up by an index, bytes: what PostgreSQL puts into one, with room. */
export const LONGEST_INDEXED = 2000;

type Rule = (value: unknown) => string | undefined;

/**
 * Refuses what not every store could keep, so that a configuration fits them all.
 *
 * @throws StoreConflict (`value`)
 */
export function checkStorable(table: TableName, entity: Entity): void {
  for (const [field, rule] of rulesOf(table)) {
    const value = (entity as Values)[field];
    const problem = value === null || value === undefined ? undefined : rule(value);
    if (problem !== undefined) throw new StoreConflict({ kind: 'value', table, field, problem });
  }
}

const rulesByTable = new Map<TableName, readonly (readonly [string, Rule])[]>();

function rulesOf(table: TableName): readonly (readonly [string, Rule])[] {
  let rules = rulesByTable.get(table);
  if (rules === undefined) {
    const indexed = new Set(uniqueKeys(table).flatMap(({ fields }) => fields));
    rules = Object.entries(definitionOf(table).fields).flatMap(([name, field]) => {
      const rule = name === 'tags' ? allTags : ruleFor(field, indexed.has(name));
      return rule === undefined ? [] : [[name, rule] as const];
    });
    rulesByTable.set(table, rules);
  }
  return rules;
}

function ruleFor(field: Field, indexed: boolean): Rule | undefined {
  if (field.type === 'string') return indexed ? indexedText : plainText;
  return field.type === 'integer' ? exactInteger : undefined;
}

function plainText(value: unknown): string | undefined {
  return (value as string).includes('\0') ? 'must not contain a NUL character' : undefined;
}

function indexedText(value: unknown): string | undefined {
  const text = value as string;
  if (text.length * 3 > LONGEST_INDEXED && Buffer.byteLength(text) > LONGEST_INDEXED) {
    return `must not be longer than ${LONGEST_INDEXED} bytes`;
  }
  return plainText(text);
}

function allTags(value: unknown): string | undefined {
  for (const tag of value as readonly string[]) {
    const problem = indexedText(tag);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function exactInteger(value: unknown): string | undefined {
  return Number.isSafeInteger(value)
    ? undefined
    : `must be between -${Number.MAX_SAFE_INTEGER} and ${Number.MAX_SAFE_INTEGER}`;
}
