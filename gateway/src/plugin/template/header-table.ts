import { fieldText } from '../header-line.ts';
import { tellsIdentity } from '../identity-names.ts';
import { fromValues, type Table, type Value } from './value.ts';

/** The fields of a message, or one that looks like it. */
export interface FieldSource {
  /** Values of a field by its lower-case name. */
  headerValues(name: string): readonly string[];
}

/**
 * The fields of a message as templates name them. As in Kong `_` stands for `-`, since a name behind a
 * dot can have none.
 */
export class HeaderTable implements Table {
  readonly #what: string;
  readonly #source: FieldSource;

  /** @param what stands for the whole in a text */
  constructor(what: string, source: FieldSource) {
    this.#what = what;
    this.#source = source;
  }

  get(key: string | number): Value {
    const lower = String(key).toLowerCase();
    const name = lower.replaceAll('_', '-');
    const values = this.#source.headerValues(name);
    // Who is asking is never for a field of a similar name to say.
    const isFinal = values.length > 0 || name === lower || tellsIdentity(name);
    return textsOf(isFinal ? values : this.#source.headerValues(lower));
  }

  toString(): string {
    return this.#what;
  }
}

function textsOf(values: readonly string[]): Value {
  return values.length === 1 ? fieldText(values[0]!) : fromValues(values.map(fieldText));
}
