import { isReference } from '../reference.ts';
import { fail, type Failure, type Rule } from './failure.ts';
import type { BooleanField, ForeignField, JsonField, NumberField, StringField } from './field.ts';

/**
 * Checks a value that is neither null nor absent and returns its clean form; what is wrong goes to
 * `out`, and the value is then returned as it came.
 */
export type Check = (value: unknown, out: Failure[]) => unknown;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && uuid.test(value);
}

export function compileString(field: StringField): Check {
  const { one_of, not_one_of, instead, check, err } = field;
  const min = field.len_min ?? 1;
  const max = field.len_max ?? Infinity;
  const referenceable = field.referenceable === true;
  return function checkString(value, out) {
    if (typeof value !== 'string') {
      fail(out, 'expected a string', 'type');
    } else if (value.length < min) {
      refuse(out, `length must be at least ${min}`, 'length');
    } else if (value.length > max) {
      refuse(out, `length must be at most ${max}`, 'length');
    } else if (referenceable && isReference(value)) {
      // What it stands for is not known here.
    } else if (one_of !== undefined && !one_of.includes(value)) {
      refuse(out, `expected one of: ${one_of.join(', ')}`, 'one_of', instead);
    } else if (not_one_of?.includes(value) === true) {
      refuse(out, `must not be one of: ${not_one_of.join(', ')}`, 'one_of');
    } else if (field.uuid === true && !uuid.test(value)) {
      refuse(out, 'expected a valid UUID', 'uuid');
    } else {
      const problem = check?.(value);
      if (problem !== undefined) refuse(out, problem, 'check');
      else if (field.uuid === true) return value.toLowerCase();
    }
    return value;
  };

  function refuse(out: Failure[], message: string, rule: Rule, advice?: string): void {
    const failure = { path: [], message: err ?? message, rule };
    out.push(advice === undefined ? failure : { ...failure, instead: advice });
  }
}

export function compileNumber(field: NumberField): Check {
  const { one_of, between, gt, check } = field;
  const integer = field.type === 'integer';
  return function checkNumber(value, out) {
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      fail(out, integer ? 'expected an integer' : 'expected a number', 'type');
    } else if (integer && !Number.isInteger(value)) {
      fail(out, 'expected an integer', 'type');
    } else if (one_of !== undefined && !one_of.includes(value)) {
      fail(out, `expected one of: ${one_of.join(', ')}`, 'one_of');
    } else if (between !== undefined && (value < between[0] || value > between[1])) {
      fail(out, outside(between), 'between');
    } else if (gt !== undefined && value <= gt) {
      fail(out, `value must be greater than ${gt}`, 'gt');
    } else {
      const problem = check?.(value);
      if (problem !== undefined) fail(out, problem, 'check');
    }
    return value;
  };
}

export function compileBoolean(field: BooleanField): Check {
  const { check } = field;
  return function checkBoolean(value, out) {
    if (typeof value !== 'boolean') fail(out, 'expected a boolean', 'type');
    else {
      const problem = check?.(value);
      if (problem !== undefined) fail(out, problem, 'check');
    }
    return value;
  };
}

export function compileJson({ check }: JsonField): Check {
  return function checkJson(value, out) {
    const problem = check?.(value);
    if (problem !== undefined) fail(out, problem, 'check');
    return value;
  };
}

export function compileForeign(_field: ForeignField): Check {
  return function checkForeign(value, out) {
    const id = typeof value === 'object' && value !== null ? (value as { id?: unknown }).id : null;
    if (id === undefined || id === null) fail(out, 'missing primary key', 'foreign', ['id']);
    else if (typeof id !== 'string') fail(out, 'expected a string', 'type', ['id']);
    else if (!uuid.test(id)) fail(out, 'expected a valid UUID', 'uuid', ['id']);
    else return { id: id.toLowerCase() };
    return value;
  };
}

/** Kong writes bounds as whole numbers, whatever they are. */
function outside([low, high]: readonly [number, number]): string {
  return `value should be between ${Math.trunc(low)} and ${Math.trunc(high)}`;
}
