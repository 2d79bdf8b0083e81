import { adviceFor } from './absent-fields.ts';
import { autoValue } from './auto-value.ts';
import type { CompileField } from './compile-collection.ts';
import type { Check } from './compile-scalar.ts';
import { compileCheck } from './entity-checks.ts';
import { fail, prefix, type Failure } from './failure.ts';
import type { Field, RecordField } from './field.ts';
import { nearest } from './nearest.ts';
import { shorthandExpander, type Expansion } from './shorthands.ts';

type Values = Readonly<Record<string, unknown>>;

/** What one field of a record does with its input. */
interface Slot {
  readonly name: string;
  readonly required: boolean;
  readonly check: Check;
  /** The value of an absent field. */
  readonly absent: (out: Failure[]) => unknown;
  readonly auto: (() => unknown) | undefined;
}

/**
 * Compiles a record: every field present afterwards, in the order of the schema, defaults filled
 * in.
 *
 * @param entity whether the record is an entity, see `compileCheck`
 */
export function compileRecord(
  field: RecordField,
  compileField: CompileField,
  entity = false,
): Check {
  const slots = Object.entries(field.fields).map(([name, f]) => slotFor(name, f, compileField));
  const names = new Set([...Object.keys(field.fields), ...Object.keys(field.shorthands ?? {})]);
  const checks = (field.checks ?? []).map((check) => compileCheck(check, entity));
  const { absent = [] } = field;
  const template = emptyRecord(slots.map(({ name }) => name));
  const expand = shorthandExpander(field.shorthands, compileField);
  return function checkRecord(value, out) {
    const given = asRecord(value);
    if (given === undefined) {
      fail(out, 'expected a record', 'type');
      return value;
    }
    const start = out.length;
    const expansion = expand?.(given, out);
    const clean = checkFields({ ...template }, slots, given, expansion, out);
    for (const name in given) {
      if (names.has(name) || given[name] === undefined) continue;
      const advice = adviceFor(absent, name, given[name]);
      if (advice === undefined) failUnknown(name, nearest(name, names) ?? within(field, name), out);
      else if (advice !== null) failAbsent(name, advice, out);
    }
    for (const check of checks) check(clean, out, start);
    if (field.check !== undefined && out.length === start) {
      const problem = field.check(clean);
      if (problem !== undefined) fail(out, problem, 'check');
    }
    return clean;
  };
}

function failAbsent(name: string, instead: string, out: Failure[]): void {
  const message = `the plugin does not have this field of Kong's: ${instead}`;
  out.push({ path: [name], message, rule: 'absent', instead });
}

/**
 * A record to copy, with every field: that costs less than adding them one by one. Of an object that
 * comes from `JSON.parse` the engine knows how many fields it will have, and so keeps those of all its
 * copies in the objects themselves.
 */
function emptyRecord(names: readonly string[]): Values {
  return JSON.parse(
    JSON.stringify(Object.fromEntries(names.map((name) => [name, null]))),
  ) as Values;
}

function checkFields(
  clean: Record<string, unknown>,
  slots: readonly Slot[],
  given: Values,
  expansion: Expansion | undefined,
  out: Failure[],
): Record<string, unknown> {
  const input = expansion?.values ?? given;
  for (const slot of slots) {
    const mark = out.length;
    clean[slot.name] = checkSlot(slot, input[slot.name], out);
    if (out.length !== mark) {
      prefix(out, mark, slot.name);
      const shorthand = expansion?.origin.get(slot.name);
      if (shorthand !== undefined) {
        for (let i = mark; i < out.length; i += 1) (out[i] as Failure).at = [shorthand];
      }
    }
  }
  return clean;
}

function checkSlot(slot: Slot, value: unknown, out: Failure[]): unknown {
  if (value === undefined || (value === null && slot.auto !== undefined)) return slot.absent(out);
  if (value !== null) return slot.check(value, out);
  if (slot.required) fail(out, 'required field missing', 'required');
  return null;
}

function slotFor(name: string, field: Field, compileField: CompileField): Slot {
  const check = field.eq === null ? checkNull : compileField(field);
  const required = field.required === true;
  const auto = field.auto === true ? autoValue(field) : undefined;
  return { name, required, check, absent: absentValue(field, check, auto), auto };
}

const checkNull: Check = function checkNull(value, out) {
  fail(out, 'value must be null', 'eq');
  return value;
};

function absentValue(
  field: Field,
  check: Check,
  auto: (() => unknown) | undefined,
): (out: Failure[]) => unknown {
  if (auto !== undefined) return auto;
  const given = field.default ?? (field.type === 'record' && field.required ? {} : undefined);
  if (given === undefined) {
    if (field.required !== true) return () => null;
    return (out) => {
      fail(out, 'required field missing', 'required');
      return null;
    };
  }
  if (fillsIn(field)) return (out) => check(given, out);
  // One frozen default serves every entity, unless it lacks something only the caller can give.
  const failures: Failure[] = [];
  const value = deepFreeze(check(given, failures));
  return failures.length === 0 ? () => value : (out) => check(given, out);
}

/** Whether a value inside is made anew each time. */
function fillsIn(field: Field): boolean {
  if (field.type !== 'record') return field.auto === true;
  return Object.values(field.fields).some(fillsIn);
}

function deepFreeze(value: unknown): unknown {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}

/** Lua knows one kind of table: a list is a record whose fields are called 1, 2, …. */
function asRecord(value: unknown): Values | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!Array.isArray(value)) return value as Values;
  return Object.fromEntries(value.map((element, i) => [String(i + 1), element as unknown]));
}

/** Where a name belongs that stands beside the record which it is a field of: `config.key_names`. */
function within({ fields }: RecordField, name: string): string | undefined {
  for (const [record, field] of Object.entries(fields)) {
    if (field.type === 'record' && Object.hasOwn(field.fields, name)) return `${record}.${name}`;
  }
  return undefined;
}

function failUnknown(name: string, suggestion: string | undefined, out: Failure[]): void {
  out.push({
    path: [name],
    message: 'unknown field',
    rule: 'unknown',
    ...(suggestion === undefined ? {} : { suggestion }),
  });
}
