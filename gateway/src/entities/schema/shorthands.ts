import { isDeepStrictEqual } from 'node:util';
import type { CompileField } from './compile-collection.ts';
import { prefix, type Failure } from './failure.ts';
import type { Shorthand } from './field.ts';

type Values = Readonly<Record<string, unknown>>;

/** A record's input after its shorthands were translated. */
export interface Expansion {
  readonly values: Values;
  /** Real field → shorthand that gave its whole value. */
  readonly origin: ReadonlyMap<string, string>;
}

/**
 * Makes the function that translates old spellings into real fields; undefined when there are
 * none. An alias of one field (`url`) wins over the fields it stands for; one that a newer field
 * replaced must not contradict it.
 */
export function shorthandExpander(
  shorthands: Readonly<Record<string, Shorthand>> | undefined,
  compileField: CompileField,
): ((given: Values, out: Failure[]) => Expansion | undefined) | undefined {
  if (shorthands === undefined) return undefined;
  const known = Object.entries(shorthands).map(([name, shorthand]) => ({
    name,
    check: compileField(shorthand.field),
    required: shorthand.field.required === true,
    translate: shorthand.translate as (value: unknown) => Values,
    replaced: shorthand.replaced_with !== undefined,
  }));
  return function expand(given, out) {
    let values: Record<string, unknown> | undefined;
    let origin: Map<string, string> | undefined;
    for (const { name, check, required, translate, replaced } of known) {
      const value = given[name];
      if (value === undefined || (value === null && !required)) continue;
      const mark = out.length;
      if (value === null)
        out.push({ path: [], message: 'required field missing', rule: 'required' });
      else check(value, out);
      if (out.length !== mark) {
        prefix(out, mark, name);
        continue;
      }
      values ??= { ...given };
      origin ??= new Map();
      for (const [path, translated] of Object.entries(translate(value))) {
        if (translated === undefined) continue;
        const conflict = assign(values, path.split('.'), translated, replaced);
        if (!path.includes('.')) origin.set(path, name);
        if (conflict !== undefined) out.push(mismatchFailure(name, value, path, conflict));
      }
    }
    return values === undefined || origin === undefined ? undefined : { values, origin };
  };
}

/** Sets a value deep in a record without changing the caller's objects; returns what contradicts it. */
function assign(
  record: Record<string, unknown>,
  path: readonly string[],
  value: unknown,
  keepGiven: boolean,
): unknown {
  const [name = '', ...rest] = path;
  const current = record[name];
  if (rest.length > 0) {
    const inner: Record<string, unknown> =
      typeof current === 'object' && current !== null ? { ...current } : {};
    record[name] = inner;
    return assign(inner, rest, value, keepGiven);
  }
  if (keepGiven && current !== undefined && current !== null) {
    return isDeepStrictEqual(current, value) ? undefined : current;
  }
  record[name] = value;
  return undefined;
}

function mismatchFailure(name: string, value: unknown, path: string, given: unknown): Failure {
  const message =
    'both deprecated and new field are used but their values mismatch: ' +
    `${name} = ${JSON.stringify(value)} vs ${path} = ${JSON.stringify(given)}`;
  return { path: [name], message, rule: 'check' };
}
