import { FIELD_VALUE, TOKEN } from './characters.ts';

/** Where in `;name=value;name="value"` the next octet stands. */
export const NAME_START = 0;
const NAME = 1;
const VALUE_START = 2;
const VALUE = 3;
const QUOTED = 4;
const QUOTED_PAIR = 5;
const QUOTED_END = 6;

/** What `stepExtension` returns beside those. */
export const EXTENSION_END = 7;
export const EXTENSION_MALFORMED = -1;

const CR = 13;
const QUOTE = 34;
const SEMICOLON = 59;
const EQUALS = 61;
const BACKSLASH = 92;

/**
 * Takes one octet of the chunk extensions that follow the first `;` of a line. RFC 9112 section
 * 7.1.1, without the white space that it allows for the sake of old senders. They mean nothing here,
 * but two parsers that disagree about the end of a quoted string disagree about the end of the line.
 *
 * @param place what the last call returned, `NAME_START` at first
 * @param c the octet
 * @returns where the next octet stands, `EXTENSION_END` when `c` is the CR behind them, or
 *   `EXTENSION_MALFORMED`
 */
export function stepExtension(place: number, c: number): number {
  switch (place) {
    case NAME_START:
      return TOKEN[c] === 1 ? NAME : EXTENSION_MALFORMED;
    case NAME:
      if (TOKEN[c] === 1) return NAME;
      return c === EQUALS ? VALUE_START : afterOne(c);
    case VALUE_START:
      if (c === QUOTE) return QUOTED;
      return TOKEN[c] === 1 ? VALUE : EXTENSION_MALFORMED;
    case VALUE:
      return TOKEN[c] === 1 ? VALUE : afterOne(c);
    case QUOTED:
      if (c === QUOTE) return QUOTED_END;
      if (c === BACKSLASH) return QUOTED_PAIR;
      return FIELD_VALUE[c] === 1 ? QUOTED : EXTENSION_MALFORMED;
    case QUOTED_PAIR:
      return FIELD_VALUE[c] === 1 ? QUOTED : EXTENSION_MALFORMED;
    default:
      return afterOne(c);
  }
}

function afterOne(c: number): number {
  if (c === SEMICOLON) return NAME_START;
  return c === CR ? EXTENSION_END : EXTENSION_MALFORMED;
}
