import type { Check } from './compile-scalar.ts';
import { fail, prefix, type Failure } from './failure.ts';
import { setOwn } from './own.ts';
import type { Field, ListField, MapField } from './field.ts';

/** Compiles any kind of field; handed in because the kinds contain each other. */
export type CompileField = (field: Field) => Check;

export function compileList(field: ListField, compileField: CompileField): Check {
  const element = compileField(field.elements);
  const expected = field.type === 'set' ? 'expected a set' : 'expected an array';
  const { check, len_min: min = 0, len_max: max = Infinity } = field;
  return function checkList(value, out) {
    const list = asList(value);
    if (list === undefined) {
      fail(out, expected, 'type');
      return value;
    }
    const problem = check?.(list);
    if (problem !== undefined) fail(out, problem, 'check');
    else if (list.length < min) fail(out, `length must be at least ${min}`, 'length');
    else if (list.length > max) fail(out, `length must be at most ${max}`, 'length');
    else return checkElements(list, out);
    return value;
  };

  function checkElements(list: readonly unknown[], out: Failure[]): unknown[] {
    const clean: unknown[] = [];
    for (let i = 0; i < list.length; i += 1) {
      const mark = out.length;
      clean.push(element(list[i], out));
      if (out.length !== mark) prefix(out, mark, i);
    }
    if (field.type === 'set' && clean.length > 1) return withoutRepeats(clean);
    // Lists that grew have room for many more; a copy has not.
    return clean.slice();
  }
}

/** Lua knows one kind of table: an empty object is an empty list too. */
function asList(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value as readonly unknown[];
  return isEmptyObject(value) ? [] : undefined;
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function withoutRepeats(list: unknown[]): unknown[] {
  if (list.every((value) => typeof value !== 'object')) return [...new Set(list)];
  return [...new Map(list.map((value) => [JSON.stringify(value), value])).values()];
}

export function compileMap(field: MapField, compileField: CompileField): Check {
  const keyCheck = compileField(field.keys);
  const valueCheck = compileField(field.values);
  const { check, len_min: min = 0 } = field;
  return function checkMap(value, out) {
    const isMap = typeof value === 'object' && value !== null;
    if (!isMap || (Array.isArray(value) && value.length > 0)) {
      fail(out, 'expected a map', 'type');
      return value;
    }
    const map = value as Record<string, unknown>;
    const problem = check?.(map);
    if (problem !== undefined) fail(out, problem, 'check');
    else if (Object.keys(map).length < min) fail(out, `length must be at least ${min}`, 'length');
    else return checkEntries(map, out);
    return value;
  };

  function checkEntries(map: Record<string, unknown>, out: Failure[]): Record<string, unknown> {
    const clean: Record<string, unknown> = {};
    const start = out.length;
    // In one order, so that equal maps are written equally.
    for (const key of Object.keys(map).sort()) {
      const value = map[key];
      const mark = out.length;
      keyCheck(key, out);
      setOwn(clean, key, valueCheck(value, out));
      if (out.length !== mark) liftToMap(out, mark, key, mark === start);
    }
    return clean;
  }
}

/**
 * Kong reports what is wrong with one value of a map as if it were wrong with the map, and nothing
 * of the others; the exact place is kept in `at`.
 *
 * @param first whether nothing was wrong with the values before
 */
function liftToMap(out: Failure[], mark: number, key: string, first: boolean): void {
  for (let i = mark; i < out.length; i += 1) {
    const failure = out[i];
    if (failure === undefined) continue;
    failure.at = [key, ...(failure.at ?? failure.path)];
    if (!first) failure.path = [];
  }
}
