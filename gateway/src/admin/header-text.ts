/**
 * A text as a string of RFC 9651, section 3.3.3, for a header of an answer. Percent signs, and what is
 * not ASCII, are percent-encoded.
 */
export function headerText(text: string): string {
  const ascii = text.toWellFormed().replace(/[^ -$&-~]+/g, encodeURIComponent);
  return `"${ascii.replace(/["\\]/g, '\\$&')}"`;
}
