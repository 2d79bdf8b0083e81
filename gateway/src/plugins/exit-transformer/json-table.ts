import type { Table, Value } from '../../plugin/template/value.ts';

/** An object or a list of JSON. In a text it stands as it is written in JSON. */
export class JsonTable implements Table {
  readonly #thing: object;

  constructor(thing: object) {
    this.#thing = thing;
  }

  /** @param key a name, or the place in a list, from 1 */
  get(key: string | number): Value {
    const own = Array.isArray(this.#thing) && typeof key === 'number' ? key - 1 : key;
    return Object.hasOwn(this.#thing, own)
      ? fromJson((this.#thing as Readonly<Record<string | number, unknown>>)[own])
      : null;
  }

  toString(): string {
    return JSON.stringify(this.#thing);
  }
}

/** @param value that came from JSON */
function fromJson(value: unknown): Value {
  return typeof value === 'object' && value !== null ? new JsonTable(value) : (value as Value);
}
