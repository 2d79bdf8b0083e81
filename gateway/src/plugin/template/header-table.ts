import { fieldText } from '../header-line.ts';
import { IDENTITY_NAMES } from '../identity-names.ts';
import { fromValues, tableOf, type Table } from './value.ts';

const IDENTITY: ReadonlySet<string> = new Set(IDENTITY_NAMES);

/**
 * The fields of a message as templates name them. As in Kong `_` stands for `-`, since a name behind a
 * dot can have none.
 *
 * @param valuesOf values of a field by its lower-case name
 */
export function headerTable(what: string, valuesOf: (name: string) => readonly string[]): Table {
  return tableOf(what, (key) => {
    const lower = key.toLowerCase();
    const name = lower.replaceAll('_', '-');
    const values = valuesOf(name);
    // Who is asking is never for a field of a similar name to say.
    const isFinal = values.length > 0 || name === lower || IDENTITY.has(name);
    return fromValues((isFinal ? values : valuesOf(lower)).map(fieldText));
  });
}
