/**
 * A text without the spaces and tabs around it. `trim` would take away more than these, such as a
 * no-break space, which is the last octet of an `à` in UTF-8: RFC 9110 section 5.6.3.
 */
export function withoutPadding(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isPadding(text.charCodeAt(start))) start++;
  while (end > start && isPadding(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isPadding(code: number): boolean {
  return code === 32 || code === 9;
}
