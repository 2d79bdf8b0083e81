import { headerText } from '../header-text.ts';

/** Longest list of warnings in a header, characters. */
const LONGEST = 4000;

/**
 * The header that tells a client what of its change has less effect than it may expect: a list of
 * strings as in RFC 9651, section 3.1. Percent signs, and what is not ASCII, are percent-encoded.
 *
 * @returns no header when there is nothing to tell
 */
export function warningHeader(warnings: readonly string[]): Readonly<Record<string, string>> {
  if (warnings.length === 0) return {};
  let told = '';
  for (const [index, warning] of warnings.entries()) {
    const text = headerText(warning);
    if (told.length + text.length > LONGEST) {
      const more = `and ${warnings.length - index} more: see warnings in /status`;
      return {
        'X-Sluice-Warning': told === '' ? headerText(more) : `${told}, ${headerText(more)}`,
      };
    }
    told += told === '' ? text : `, ${text}`;
  }
  return { 'X-Sluice-Warning': told };
}
