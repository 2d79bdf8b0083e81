import { fieldText } from '../header-line.ts';
import { tellsIdentity } from '../identity-names.ts';
import { RecentMap } from '../recent-map.ts';
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
    const { name, other } = meantBy(String(key));
    const values = this.#source.headerValues(name);
    if (other === null || values.length > 0) return textsOf(values);
    return textsOf(this.#source.headerValues(other));
  }

  toString(): string {
    return this.#what;
  }
}

interface Meaning {
  /** Of the field that is meant, in lower case. */
  readonly name: string;
  /** Of the one that is meant where there is no such; null for none. */
  readonly other: string | null;
}

/** Templates name the same few for every request. */
const meanings = new RecentMap<Meaning>(1000);
const LONGEST_KEPT = 100;

function meantBy(key: string): Meaning {
  const known = meanings.get(key);
  if (known !== undefined) return known;
  const lower = key.toLowerCase();
  const name = lower.replaceAll('_', '-');
  // Who is asking is never for a field of a similar name to say.
  const meaning = { name, other: name === lower || tellsIdentity(name) ? null : lower };
  if (key.length <= LONGEST_KEPT) meanings.set(key, meaning);
  return meaning;
}

function textsOf(values: readonly string[]): Value {
  return values.length === 1 ? fieldText(values[0]!) : fromValues(values.map(fieldText));
}
