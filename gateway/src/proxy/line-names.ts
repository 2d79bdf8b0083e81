import { refuseFramingField } from './framing-fields.ts';

/** Fields that the gateway adds to a response where they are missing. */
const ADDED: ReadonlySet<string> = new Set(['content-type', 'date', 'server']);

const checked = new WeakMap<readonly string[], readonly string[]>();
let lastNames: readonly string[] = [];
let lastLower: readonly string[] = [];

/**
 * The lower-case form of names whose lines a plugin puts together itself.
 *
 * @param names an array that is always the same for the same plugin
 * @throws TypeError when one of them frames the message, or is added by the gateway
 */
export function lineNames(names: readonly string[]): readonly string[] {
  if (names === lastNames) return lastLower;
  let lower = checked.get(names);
  if (lower === undefined) {
    lower = names.map((name) => name.toLowerCase());
    for (const name of lower) {
      refuseFramingField(name);
      if (ADDED.has(name)) throw new TypeError(`'${name}' cannot be set in lines`);
    }
    checked.set(names, lower);
  }
  lastNames = names;
  lastLower = lower;
  return lower;
}
