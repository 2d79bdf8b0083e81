import { RenderError } from './template-error.ts';

/** What an expression can come to; null where Lua has nil. */
export type Value = string | number | boolean | null | Table;

/** Values by name or number. */
export interface Table {
  /** Null for what is not there. */
  get(key: string | number): Value;
  /** What stands for the whole in a text. */
  toString(): string;
}

/** The variables of a template. */
export interface Scope {
  /** The value of one of the names that the template was read with. */
  variable(name: string): Value;
}

/** Several values of one name, counted from 1. */
class ListTable implements Table {
  readonly #values: readonly Value[];

  constructor(values: readonly Value[]) {
    this.#values = values;
  }

  get(key: string | number): Value {
    return typeof key === 'number' ? (this.#values[key - 1] ?? null) : null;
  }

  toString(): string {
    return this.#values.map(textOf).join(', ');
  }
}

/** No value is nil, one is itself, several are a list. */
export function fromValues(values: readonly Value[]): Value {
  return values.length > 1 ? new ListTable(values) : (values[0] ?? null);
}

/** A table whose values are looked up. */
export function tableOf(what: string, get: (key: string) => Value): Table {
  return { get: (key) => get(String(key)), toString: () => what };
}

/** As it stands in a rendered template: nothing for nil and false. */
export function textOf(value: Value): string {
  return value === null || value === false ? '' : String(value);
}

export function isTrue(value: Value): boolean {
  return value !== null && value !== false;
}

/** Lua's name for the type of a value. */
export function typeOf(value: Value): string {
  if (value === null) return 'nil';
  return typeof value === 'object' ? 'table' : typeof value;
}

/** @throws RenderError when the value is no text and cannot stand for one */
export function joinable(value: Value, what: string): string {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  // A repeated field or argument stands for all of its values.
  if (value instanceof ListTable) return value.toString();
  if (value === null) throw new RenderError(`${what} is not there`, true);
  throw new RenderError(`${what} is a ${typeOf(value)}`);
}
