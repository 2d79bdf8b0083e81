import { entityKey, type Failure } from './failure.ts';
import type { CheckFailure, EntityCheck, Match } from './field.ts';
import { mismatch } from './match.ts';

type Values = Readonly<Record<string, unknown>>;

/** Runs over a record whose fields were checked; failures since `mark` are those of its fields. */
export type RecordCheck = (record: Values, out: Failure[], mark: number) => void;

/**
 * Compiles a rule over several fields.
 *
 * @param entity whether the record is an entity: then a failure of a rule in code that names no
 *   field is listed under `@entity`, otherwise it stands at the record itself
 */
export function compileCheck(check: EntityCheck, entity: boolean): RecordCheck {
  if ('at_least_one_of' in check) return atLeastOneOf(check.at_least_one_of);
  if ('only_one_of' in check) {
    return counting(
      check.only_one_of,
      'exactly one of these fields must be non-empty',
      (n) => n === 1,
    );
  }
  if ('mutually_exclusive' in check) {
    const text = 'only one or none of these fields must be set';
    return counting(check.mutually_exclusive, text, (n) => n <= 1);
  }
  if ('mutually_required' in check) {
    const names = check.mutually_required;
    const text = 'all or none of these fields must be set';
    return counting(names, text, (n) => n === 0 || n === names.length);
  }
  if ('mutually_exclusive_sets' in check) {
    return exclusiveSets(check.mutually_exclusive_sets.set1, check.mutually_exclusive_sets.set2);
  }
  if ('distinct' in check) return distinct(check.distinct);
  if ('conditional' in check) return conditional(check.conditional);
  if ('conditional_at_least_one_of' in check) {
    return conditionalAtLeastOneOf(check.conditional_at_least_one_of);
  }
  return custom(check.custom, check.reads, entity);
}

function atLeastOneOf(names: readonly string[]): RecordCheck {
  return counting(names, 'at least one of these fields must be non-empty', (n) => n > 0);
}

function counting(
  names: readonly string[],
  text: string,
  holds: (filled: number) => boolean,
): RecordCheck {
  const paths = names.map(split);
  const message = `${text}: ${quoted(names)}`;
  return function checkCount(record, out, mark) {
    let filled = 0;
    for (const path of paths) {
      const value = lookUp(record, path);
      if (value === unreachable || isMissingRecord(out, mark, path)) return;
      if (isFilled(value)) filled += 1;
    }
    if (!holds(filled)) failEntity(out, message);
  };
}

function exclusiveSets(set1: readonly string[], set2: readonly string[]): RecordCheck {
  const message = `these sets are mutually exclusive: (${quoted(set1)}), (${quoted(set2)})`;
  return function checkExclusiveSets(record, out) {
    const anyOf = (names: readonly string[]): boolean =>
      names.some((name) => isFilled(lookUp(record, split(name))));
    if (anyOf(set1) && anyOf(set2)) failEntity(out, message);
  };
}

function distinct(names: readonly string[]): RecordCheck {
  const message = `values of these fields must be distinct: ${quoted(names)}`;
  return function checkDistinct(record, out) {
    const values = names
      .map((name) => lookUp(record, split(name)))
      .filter((value) => value !== null && value !== undefined);
    if (new Set(values).size < values.length) failEntity(out, message);
  };
}

function conditional(rule: {
  readonly if_field: string;
  readonly if_match: Match;
  readonly then_field: string;
  readonly then_match: Match;
  readonly then_err?: string;
}): RecordCheck {
  const ifPath = split(rule.if_field);
  const thenPath = split(rule.then_field);
  const message =
    rule.then_err ?? `failed conditional validation given value of field '${rule.if_field}'`;
  return function checkConditional(record, out, mark) {
    const given = lookUp(record, ifPath);
    if (given === unreachable || hasFailed(out, mark, ifPath)) return;
    if (given === null && rule.if_match.eq !== null) return;
    if (mismatch(rule.if_match, given) !== undefined) return;
    const value = lookUp(record, thenPath);
    if (value === unreachable) return;
    if (!hasFailed(out, mark, thenPath)) {
      const problem = mismatch(rule.then_match, value);
      if (problem === undefined) return;
      out.push({ path: [...thenPath], message: problem, rule: 'entity' });
    }
    failEntity(out, message);
  };
}

function conditionalAtLeastOneOf(rule: {
  readonly if_field: string;
  readonly if_match: Match;
  readonly then_at_least_one_of: readonly string[];
  readonly then_err: string;
}): RecordCheck {
  const ifPath = split(rule.if_field);
  const thenPaths = rule.then_at_least_one_of.map(split);
  const message = rule.then_err.replace('%s', quoted(rule.then_at_least_one_of));
  return function checkConditionalAtLeastOneOf(record, out) {
    const given = lookUp(record, ifPath);
    if (given === unreachable || given === null) return;
    if (mismatch(rule.if_match, given) !== undefined) return;
    const values = thenPaths.map((path) => lookUp(record, path));
    if (!values.some((value) => value === unreachable || isFilled(value))) failEntity(out, message);
  };
}

function custom(
  run: (record: Values) => CheckFailure | undefined,
  reads: readonly string[],
  entity: boolean,
): RecordCheck {
  const paths = reads.map(split);
  return function checkCustom(record, out, mark) {
    if (paths.some((path) => hasFailed(out, mark, path))) return;
    const failure = run(record);
    if (failure === undefined) return;
    const { field, message } = failure;
    const path = field !== undefined ? [...split(field)] : entity ? [entityKey] : [];
    const rule = failure.unsupported === true ? 'unsupported' : 'check';
    out.push({ path, message, rule });
  };
}

/** A value stands where a record was expected; its type was reported already. */
const unreachable = Symbol('unreachable');

function lookUp(record: Values, path: readonly string[]): unknown {
  let value: unknown = record;
  for (const name of path) {
    if (value === null || value === undefined) return null;
    if (typeof value !== 'object') return unreachable;
    value = (value as Values)[name];
  }
  return value ?? null;
}

function hasFailed(out: readonly Failure[], mark: number, path: readonly string[]): boolean {
  for (let i = mark; i < out.length; i += 1) {
    if (path.every((name, depth) => out[i]?.path[depth] === name)) return true;
  }
  return false;
}

/** Whether a record on the way to a field is missing: that says all there is to say. */
function isMissingRecord(out: readonly Failure[], mark: number, path: readonly string[]): boolean {
  for (let i = mark; i < out.length; i += 1) {
    const failed = out[i]?.path ?? [];
    const isAbove = failed.length < path.length;
    if (isAbove && failed.every((name, depth) => path[depth] === name)) return true;
  }
  return false;
}

function isFilled(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

function failEntity(out: Failure[], message: string): void {
  out.push({ path: [entityKey], message, rule: 'entity' });
}

function split(name: string): readonly string[] {
  return name.split('.');
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(', ');
}
