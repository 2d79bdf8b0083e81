/** For lines that a plugin keeps and sends often. */
export { inOnePiece } from '../in-one-piece.ts';
export { KeptText } from '../kept-text.ts';

// eslint-disable-next-line no-control-regex -- control characters are what must not pass
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/g;
const BEYOND_ASCII = /[\u0080-\uffff]/;

/**
 * A text as the value of a header field: control characters percent-encoded, so that no value can
 * end its line, and everything beyond ASCII as UTF-8 bytes in a latin1 string, the form in which
 * heads are written.
 */
export function fieldValue(text: string): string {
  const escaped = text.replace(
    CONTROL,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
  return BEYOND_ASCII.test(escaped) ? Buffer.from(escaped, 'utf8').toString('latin1') : escaped;
}

/** The text that a field's value stands for where that is UTF-8; the inverse of `fieldValue`. */
export function fieldText(value: string): string {
  return BEYOND_ASCII.test(value) ? Buffer.from(value, 'latin1').toString('utf8') : value;
}

/** `Name: value\r\n`, ready for `addUpstreamLines`. */
export function headerLine(name: string, value: string): string {
  return `${name}: ${fieldValue(value)}\r\n`;
}
