import { isDeepStrictEqual } from 'node:util';

/** Fields of a plugin of Kong's that the one of the same name here does not have. */
export interface AbsentFields {
  /** By name, with Kong's default; null where there is none. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** How it is here, and what to do. */
  readonly advice: string;
}

/**
 * What to say of a field that a record does not have: the advice of its group, or null where its value
 * is Kong's default, as everything is in what decK writes, and asks for nothing. Undefined for a field
 * that Kong has not either.
 */
export function adviceFor(
  groups: readonly AbsentFields[],
  name: string,
  value: unknown,
): string | null | undefined {
  const group = groups.find(({ fields }) => Object.hasOwn(fields, name));
  if (group === undefined) return undefined;
  return value === null || isDeepStrictEqual(value, group.fields[name]) ? null : group.advice;
}
