import { isTableName, type TableName } from '../../entities/tables.ts';

/** The text of a JSON document, taken apart at the elements of its collections. */
export interface SplitJson {
  /** Everything but the elements: the document as it would be if all collections were empty. */
  readonly frame: string;
  /** The collections in the order of the document. */
  readonly collections: readonly SplitCollection[];
}

export interface SplitCollection {
  readonly table: TableName;
  /** Text of each element, from `{` to `}`. */
  readonly elements: readonly string[];
}

/**
 * Takes a JSON document apart without parsing it. The document is valid exactly if its frame and all
 * its elements are.
 *
 * @param known one whose elements it may have: comparing these costs less than looking for their ends
 * @returns undefined for what is not built as usual, be it valid or not
 */
export function splitJson(text: string, known?: SplitJson): SplitJson | undefined {
  let frame = '';
  let framed = 0;
  const collections: SplitCollection[] = [];
  let at = skipSpace(text, 0);
  if (text.charCodeAt(at) !== OPEN_BRACE) return undefined;
  do {
    const name = skipSpace(text, at + 1);
    if (text.charCodeAt(name) !== QUOTE) return undefined;
    const nameEnd = endOfString(text, name);
    const colon = skipSpace(text, nameEnd);
    if (text.charCodeAt(colon) !== COLON) return undefined;
    const value = skipSpace(text, colon + 1);
    const table = text.slice(name + 1, nameEnd - 1);
    if (text.charCodeAt(value) === OPEN_BRACKET && isTableName(table)) {
      const elements: string[] = [];
      const before = known?.collections.find((collection) => collection.table === table)?.elements;
      const close = splitList(text, value, elements, before ?? []);
      if (close === -1 || collections.some((other) => other.table === table)) return undefined;
      collections.push({ table, elements });
      frame += text.slice(framed, value + 1);
      framed = close;
      at = close + 1;
    } else {
      at = endOfValue(text, value);
    }
    at = skipSpace(text, at);
  } while (text.charCodeAt(at) === COMMA);
  return text.charCodeAt(at) === CLOSE_BRACE
    ? { frame: frame + text.slice(framed), collections }
    : undefined;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** @returns where the list that begins at `open` is closed, or -1 when it holds other than objects */
function splitList(
  text: string,
  open: number,
  elements: string[],
  before: readonly string[],
): number {
  let expected = 0;
  let at = skipSpace(text, open + 1);
  if (text.charCodeAt(at) === CLOSE_BRACKET) return at;
  for (;;) {
    if (text.charCodeAt(at) !== OPEN_BRACE) return -1;
    // Something new may stand before the one that is expected, or in its place.
    const found = [expected, expected + 1].find((place) => isAt(text, at, before[place])) ?? -1;
    const end = found === -1 ? endOfBrackets(text, at) : at + (before[found] ?? '').length;
    if (found !== -1) expected = found + 1;
    // Always of this text: one of another would keep all of that alive.
    elements.push(text.slice(at, end));
    at = skipSpace(text, end);
    const next = text.charCodeAt(at);
    if (next === CLOSE_BRACKET) return at;
    if (next !== COMMA) return -1;
    at = skipSpace(text, at + 1);
  }
}

/** What begins as an element ends where that does, since its brackets are closed there. */
function isAt(text: string, at: number, element: string | undefined): boolean {
  return element !== undefined && text.startsWith(element, at);
}

function endOfValue(text: string, start: number): number {
  const first = text.charCodeAt(start);
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return endOfBrackets(text, start);
  if (first === QUOTE) return endOfString(text, start);
  let at = start;
  while (at < text.length && text.charCodeAt(at) !== COMMA && text.charCodeAt(at) !== CLOSE_BRACE)
    at += 1;
  return at;
}

/** Which kind of bracket closes which is left to whoever parses it. */
function endOfBrackets(text: string, start: number): number {
  const { length } = text;
  let depth = 0;
  for (let at = start; at < length; at += 1) {
    const char = text.charCodeAt(at);
    if (char === QUOTE) {
      at = endOfString(text, at) - 1;
    } else if (char === OPEN_BRACE || char === OPEN_BRACKET) {
      depth += 1;
    } else if (char === CLOSE_BRACE || char === CLOSE_BRACKET) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return length;
}

function endOfString(text: string, open: number): number {
  const { length } = text;
  for (let at = open + 1; at < length; at += 1) {
    const char = text.charCodeAt(at);
    if (char === QUOTE) return at + 1;
    if (char === BACKSLASH) at += 1;
  }
  return length;
}

function skipSpace(text: string, start: number): number {
  let at = start;
  for (;;) {
    const char = text.charCodeAt(at);
    if (char !== 0x20 && char !== 0x0a && char !== 0x0d && char !== 0x09) return at;
    at += 1;
  }
}
