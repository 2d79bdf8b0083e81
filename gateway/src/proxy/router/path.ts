/**
 * Paths are handled as they stand on the wire: bytes, one character each. Text of the configuration
 * becomes such a string through `wireText`.
 */

/** Characters of RFC 3986 that mean something in a URI: an escaped one must stay escaped. */
const RESERVED = "!*'();:@&=+$,/?%#[]";
const ESCAPED = /%([0-9A-Fa-f]{2})?/g;
const NEEDS_ESCAPE = /[^!#-;=?-[\]_a-z~]/;
const NEEDS_ESCAPE_ALL = /[^!#-;=?-[\]_a-z~]/g;
const BEYOND_ASCII = /[^\0-\x7f]/;
const BEYOND_BYTES = /[^\0-\xff]/;

/** Text as the bytes of its UTF-8 form, one character each: the same string where it is ASCII. */
export function wireText(text: string): string {
  return isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

export function isAscii(text: string): boolean {
  return !BEYOND_ASCII.test(text);
}

/**
 * The one form of a path that routes are compared with: escapes of characters without special
 * meaning decoded, the others upper-case, dot segments and repeated slashes removed.
 *
 * @param raw path of the request target, without query; starts with `/`
 * @returns null when the path must be refused: a malformed escape, a NUL, or dot segments that
 *   climb above the root, an escaped slash counting as a slash
 */
export function normalisePath(raw: string): string | null {
  const escaped = raw.includes('%');
  if (!escaped && !raw.includes('/.') && !raw.includes('//')) return raw;
  const path = escaped ? decode(raw) : raw;
  if (path === null || climbsOut(path)) return null;
  if (!path.includes('/.') && !path.includes('//')) return path;
  return withoutDotSegments(path);
}

/** Escapes what may not stand in a request target. Escapes that are there stay as they are. */
export function escapePath(path: string): string {
  if (!NEEDS_ESCAPE.test(path)) return path;
  const bytes = BEYOND_BYTES.test(path) ? wireText(path) : path;
  return bytes.replace(NEEDS_ESCAPE_ALL, escape);
}

function escape(char: string): string {
  const hex = char.charCodeAt(0).toString(16).toUpperCase();
  return hex.length === 1 ? `%0${hex}` : `%${hex}`;
}

function decode(raw: string): string | null {
  let malformed = false;
  const path = raw.replace(ESCAPED, (escape, hex: string | undefined) => {
    const char = hex === undefined ? '\0' : String.fromCharCode(parseInt(hex, 16));
    if (char === '\0') malformed = true;
    return RESERVED.includes(char) ? escape.toUpperCase() : char;
  });
  return malformed ? null : path;
}

/**
 * Whether dot segments leave the root at any point. Servers that decode escaped slashes would see
 * segments there that we do not, so those count too.
 */
function climbsOut(path: string): boolean {
  if (!path.includes('..')) return false;
  let depth = 0;
  for (const segment of path.split(/\/|%2F/)) {
    if (segment === '..') {
      if (--depth < 0) return true;
    } else if (segment !== '' && segment !== '.') depth++;
  }
  return false;
}

function withoutDotSegments(path: string): string {
  const kept: string[] = [];
  const segments = path.split('/');
  for (const segment of segments) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(segment);
  }
  const last = segments[segments.length - 1];
  const directory = last === '' || last === '.' || last === '..';
  return `/${kept.join('/')}${directory && kept.length > 0 ? '/' : ''}`;
}
