import type { Match } from './field.ts';

/**
 * What keeps a value from matching, in Kong's words, or undefined when it matches. A null value
 * matches everything but `required`, `eq` and `ne: null`, as in Kong.
 */
export function mismatch(match: Match, value: unknown): string | undefined {
  if (match.eq !== undefined && value !== match.eq) return `value must be ${String(match.eq)}`;
  if (match.ne !== undefined && value === match.ne) return `value must not be ${String(match.ne)}`;
  if (value === null || value === undefined) {
    return match.required === true ? 'required field missing' : undefined;
  }
  return mismatchOfScalar(match, value) ?? mismatchOfList(match, value);
}

function mismatchOfScalar(match: Match, value: unknown): string | undefined {
  const { one_of, not_one_of, gt } = match;
  if (one_of !== undefined && !one_of.includes(value as string)) {
    return `expected one of: ${one_of.join(', ')}`;
  }
  if (not_one_of?.includes(value as string) === true) {
    return `must not be one of: ${not_one_of.join(', ')}`;
  }
  if (gt !== undefined && !(typeof value === 'number' && value > gt)) {
    return `value must be greater than ${gt}`;
  }
  return undefined;
}

function mismatchOfList(match: Match, value: unknown): string | undefined {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  if (match.len_eq !== undefined && list.length !== match.len_eq) {
    return `length must be ${match.len_eq}`;
  }
  if (match.contains !== undefined && !list.includes(match.contains)) {
    return `expected to contain: ${match.contains}`;
  }
  const { elements } = match;
  if (elements === undefined) return undefined;
  for (const element of list) {
    const problem = mismatch(elements, element);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
