/** Why a text is not taken for a JSON value. */
export type JsonFault =
  'is no valid JSON' | 'is nested too deeply' | 'has a member twice' | 'has a misleading name';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads JSON as every service would: what two parsers could read differently, such as an object that
 * has a member twice, is refused.
 *
 * @param mostDepth objects and lists within one another
 */
export function readJson(
  bytes: Uint8Array,
  mostDepth: number,
): { readonly value: unknown } | JsonFault {
  let text: string;
  let value: unknown;
  try {
    text = utf8.decode(bytes);
    value = JSON.parse(text);
  } catch {
    return 'is no valid JSON';
  }
  const names: Names = { all: [], areEscaped: false };
  const fault = faultIn(text, mostDepth, names);
  if (fault !== null) return fault;
  if (names.areEscaped && !areNamesOf(value, names.all)) return 'has a misleading name';
  return { value };
}

/** The names of all members, and whether one is written with an escape. */
interface Names {
  readonly all: string[];
  areEscaped: boolean;
}

/**
 * Whether a value has the names that its text says. V8 takes a name with an escape for another one,
 * when it has read an object before whose name begins like the raw text: `ro\u006ce` for `ro\u`. A
 * service would read `role`. Such a misreading never makes up for another, so to compare all names is
 * enough.
 */
function areNamesOf(value: unknown, names: readonly string[]): boolean {
  const read: string[] = [];
  collectNames(value, read);
  const wanted = [...names].sort();
  return read.length === wanted.length && read.sort().every((name, i) => name === wanted[i]);
}

function collectNames(value: unknown, into: string[]): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    if (!Array.isArray(value)) into.push(name);
    collectNames(inner, into);
  }
}

/** Names of the members of an object so far; null for a list. */
type Level = Set<string> | null;

/** Looks through the text of valid JSON. */
function faultIn(text: string, mostDepth: number, seen: Names): JsonFault | null {
  const levels: Level[] = [];
  let mayBeName = false;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case OPEN_OBJECT:
      case OPEN_LIST: {
        if (levels.length >= mostDepth) return 'is nested too deeply';
        mayBeName = text.charCodeAt(at) === OPEN_OBJECT;
        levels.push(mayBeName ? new Set() : null);
        break;
      }
      case CLOSE_OBJECT:
      case CLOSE_LIST:
        levels.pop();
        break;
      case COMMA:
        mayBeName = true;
        break;
      case QUOTE: {
        const end = endOfText(text, at);
        const names = levels.at(-1);
        if (mayBeName && names != null) {
          const name = nameIn(text.slice(at, end + 1));
          if (names.has(name)) return 'has a member twice';
          names.add(name);
          seen.all.push(name);
          seen.areEscaped ||= end - at - 1 !== name.length;
        }
        mayBeName = false;
        at = end;
      }
    }
  }
  return null;
}

const QUOTE = 34;
const COMMA = 44;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

/** Index of the quote that ends the text which begins at `at`. */
function endOfText(text: string, at: number): number {
  let end = at + 1;
  while (text.charCodeAt(end) !== QUOTE) end += text.charCodeAt(end) === BACKSLASH ? 2 : 1;
  return end;
}

function nameIn(quoted: string): string {
  return quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
}
