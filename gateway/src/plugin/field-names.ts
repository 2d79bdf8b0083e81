import { isFramingField } from './framing-names.ts';
import { IDENTITY_NAMES } from './identity-names.ts';

const TOKEN = /^[!#$%&'*+.^_`|~\w-]+$/;

/** Names of fields, checked once. */
export class FieldNames {
  /** In lower case. */
  readonly lower: readonly string[];
  /** Whether Host is among them, of which there is only one. */
  readonly haveHost: boolean;
  /** Whether fields are among them that tell who is asking. */
  readonly tellIdentity: boolean;

  /**
   * @param mayFrame fields that frame the message may be among them, which no plugin sets
   * @throws TypeError when one of them is no field name, or frames the message and must not
   */
  constructor(names: Iterable<string>, mayFrame = false) {
    this.lower = [...new Set(Array.from(names, (name) => checked(name, mayFrame)))];
    this.haveHost = this.lower.includes('host');
    this.tellIdentity = this.lower.some((name) => IDENTITY_NAMES.includes(name));
  }
}

export function isFieldName(text: string): boolean {
  return TOKEN.test(text);
}

function checked(name: string, mayFrame: boolean): string {
  if (!isFieldName(name)) throw new TypeError(`'${name}' is not a field name`);
  const lower = name.toLowerCase();
  if (mayFrame || !isFramingField(lower)) return lower;
  throw new TypeError(`'${lower}' frames the message and is set by the gateway alone`);
}
