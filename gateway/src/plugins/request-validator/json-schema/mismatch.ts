import type { ErrorObject } from 'ajv';

/** What is wrong with a value. */
export interface Mismatch {
  /** JSON pointer into the value; empty for the value itself. */
  readonly path: string;
  readonly message: string;
}

/** Of a list of values that would be right, so many are told. */
const MOST_VALUES = 10;
/** So much is told of one value, or of the name of a member, in characters. */
const MOST_LENGTH = 100;

/**
 * What the compiler found, with what its own words leave out: which member is too much, and which
 * values would be right.
 *
 * @param otherwise what to say where it says nothing
 */
export function mismatchOfError(error: ErrorObject | undefined, otherwise: string): Mismatch {
  if (error === undefined) return { path: '', message: otherwise };
  const { instancePath, message = otherwise } = error;
  const detail = detailOf(error);
  return { path: instancePath, message: detail === null ? message : `${message}: ${detail}` };
}

function detailOf({ keyword, params }: ErrorObject): string | null {
  const found = params as Readonly<Record<string, unknown>>;
  switch (keyword) {
    case 'additionalProperties':
      return told(found.additionalProperty);
    case 'unevaluatedProperties':
      return told(found.unevaluatedProperty);
    case 'enum':
      return listed(found.allowedValues as readonly unknown[]);
    case 'const':
      return told(found.allowedValue);
    default:
      return null;
  }
}

function listed(values: readonly unknown[]): string {
  const first = values.slice(0, MOST_VALUES).map(told);
  return [...first, ...(values.length > MOST_VALUES ? ['…'] : [])].join(', ');
}

function told(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > MOST_LENGTH ? `${text.slice(0, MOST_LENGTH)}…` : text;
}
