import { isFramingField } from './framing-names.ts';
import { tellsIdentity } from './identity-names.ts';

const TOKEN = /^[!#$%&'*+.^_`|~\w-]+$/;

/** Names of fields, checked once. */
export class FieldNames {
  /** In lower case. */
  readonly lower: readonly string[];
  /** Whether Host is among them, of which there is only one. */
  readonly haveHost: boolean;
  /** Whether fields are among them that tell who is asking. */
  readonly tellIdentity: boolean;
  /** A bit for each length of a name, modulo 32: tells most names that are not among them. */
  readonly lengths: number;
  #folded: ReadonlySet<string> | null = null;

  /**
   * @param mayFrame fields that frame the message may be among them, which no plugin sets
   * @throws TypeError when one of them is no field name, or frames the message and must not
   */
  constructor(names: Iterable<string>, mayFrame = false) {
    this.lower = [...new Set(Array.from(names, (name) => checked(name, mayFrame)))];
    this.haveHost = this.lower.includes('host');
    this.tellIdentity = this.lower.some(tellsIdentity);
    this.lengths = this.lower.reduce((bits, { length }) => bits | (1 << length), 0);
  }

  /**
   * Whether a name is one of them for somebody: in any case, and with `_` in place of `-` or the other
   * way round.
   */
  mean(name: string): boolean {
    if ((this.lengths & (1 << name.length)) === 0) return false;
    return (this.#folded ??= new Set(this.lower.map(folds))).has(folds(name));
  }
}

export function isFieldName(text: string): boolean {
  return TOKEN.test(text);
}

/** The form that all spellings of a name have in common. */
function folds(name: string): string {
  return name.toLowerCase().replaceAll('_', '-');
}

/** What is wrong with a configured name of a field that a plugin sets; undefined when nothing is. */
export function unfitFieldName(name: string): string | undefined {
  if (!isFieldName(name)) return `'${name}' is not a field name`;
  if (!isFramingField(name.toLowerCase())) return undefined;
  return `'${name}' frames the message and is set by the gateway alone`;
}

function checked(name: string, mayFrame: boolean): string {
  if (!isFieldName(name)) throw new TypeError(`'${name}' is not a field name`);
  const lower = name.toLowerCase();
  if (mayFrame || !isFramingField(lower)) return lower;
  throw new TypeError(`'${lower}' frames the message and is set by the gateway alone`);
}
