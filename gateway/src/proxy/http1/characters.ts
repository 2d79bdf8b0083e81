/** Character classes of RFC 9110 and 9112 as tables over latin1 codes. */

function table(accept: (code: number) => boolean): Uint8Array {
  const classes = new Uint8Array(256);
  for (let code = 0; code < 256; code++) classes[code] = accept(code) ? 1 : 0;
  return classes;
}

const TOKEN_SYMBOLS = "!#$%&'*+-.^_`|~";

/** `tchar`, RFC 9110 section 5.6.2. */
export const TOKEN = table(
  (c) =>
    (c >= 48 && c <= 57) ||
    (c >= 65 && c <= 90) ||
    (c >= 97 && c <= 122) ||
    (c < 128 && TOKEN_SYMBOLS.includes(String.fromCharCode(c))),
);

/** Octets of a field value: HTAB, SP, VCHAR, obs-text; RFC 9110 section 5.5. */
export const FIELD_VALUE = table((c) => c === 9 || (c >= 32 && c !== 127));

/**
 * Octets of a request target. RFC 3986 allows fewer; what browsers and clients send raw (`[`, `|`,
 * UTF-8) passes as it does in nginx, white space and control characters never. Nor does `#`: a server
 * that cuts fragments off would see another path than the routes were compared with.
 */
export const TARGET = table((c) => c > 32 && c !== 127 && c !== 35);

/** Whether `text` is a token and so may be a field name. */
export function isToken(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c > 255 || TOKEN[c] === 0) return false;
  }
  return text.length > 0;
}

/** Whether `text` may stand as a field value: no CR, LF, NUL or other control character. */
export function isFieldValue(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c > 255 || FIELD_VALUE[c] === 0) return false;
  }
  return true;
}
