import { compileList, compileMap } from './compile-collection.ts';
import { compileRecord } from './compile-record.ts';
import {
  compileBoolean,
  compileForeign,
  compileJson,
  compileNumber,
  compileString,
  type Check,
} from './compile-scalar.ts';
import type { Failure } from './failure.ts';
import type { EntityCheck, Field, Fields, Shorthand } from './field.ts';

export type Validation<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      readonly failures: readonly Failure[];
      /** What the value would be, as far as it could be read; undefined when it is no record. */
      readonly draft?: Readonly<Record<string, unknown>> | undefined;
    };

/** What a set of fields is checked by. */
export interface Schema {
  readonly fields: Fields;
  readonly checks?: readonly EntityCheck[];
  readonly shorthands?: Readonly<Record<string, Shorthand>>;
}

/**
 * Compiles a schema once into a function that checks a value as an entity: unknown fields,
 * required fields, types, bounds and rules over several fields, all failures at once. The clean
 * value has every field, defaults filled in, in the order of the schema. Defaults are shared
 * between values and frozen.
 *
 * @typeParam T what `Infer` makes of the fields
 */
export function compileSchema<T>(schema: Schema): (value: unknown) => Validation<T> {
  const check = compileRecord({ type: 'record', ...schema }, compileField, true);
  return function validate(value) {
    const failures: Failure[] = [];
    const clean = check(value, failures);
    if (failures.length === 0) return { ok: true, value: clean as T };
    const isRecord = typeof clean === 'object' && clean !== null && !Array.isArray(clean);
    return {
      ok: false,
      failures,
      draft: isRecord ? (clean as Record<string, unknown>) : undefined,
    };
  };
}

function compileField(field: Field): Check {
  switch (field.type) {
    case 'string':
      return compileString(field);
    case 'number':
    case 'integer':
      return compileNumber(field);
    case 'boolean':
      return compileBoolean(field);
    case 'array':
    case 'set':
      return compileList(field, compileField);
    case 'map':
      return compileMap(field, compileField);
    case 'record':
      return compileRecord(field, compileField);
    case 'foreign':
      return compileForeign(field);
    case 'json':
      return compileJson(field);
  }
}
