/** What RFC 7541 section 4.1 adds to the length of name and value. */
export const FIELD_OVERHEAD = 32;

/**
 * A field as it comes out of a compressed head. Those that stand in a table come again and again: who
 * judges one can note here what came of it.
 */
export class HeaderField {
  readonly name: string;
  readonly value: string;
  /** What the one who reads the heads makes of the field; -1 before it was looked at. */
  kind = -1;
  /** `name: value` with CRLF; put together by the one who reads the heads. */
  line = '';

  constructor(name: string, value: string) {
    this.name = name;
    this.value = value;
  }

  /** As both sides count it. */
  get size(): number {
    return this.name.length + this.value.length + FIELD_OVERHEAD;
  }
}
