import { isDeepStrictEqual } from 'node:util';

/** Fields of a plugin of Kong's that the one of the same name here does not have. */
export interface AbsentFields {
  /** By name, with Kong's default; null where there is none. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** How it is here, and what to do. */
  readonly advice: string;
}

/**
 * What to say of such fields, see `RecordField.absent`: what has Kong's default, as everything in what
 * decK writes, asks for nothing.
 */
export function absentFields(
  groups: readonly AbsentFields[],
): (name: string, value: unknown) => string | null | undefined {
  return (name, value) => {
    const group = groups.find(({ fields }) => Object.hasOwn(fields, name));
    if (group === undefined) return undefined;
    if (value === null || isDeepStrictEqual(value, group.fields[name])) return null;
    return `the plugin does not have this field of Kong's: ${group.advice}`;
  };
}
