/** What YAML 1.1, and so Kong, takes for a boolean, and YAML 1.2 for a text. */
const words: Readonly<Record<string, boolean>> = {
  yes: true,
  on: true,
  y: true,
  no: false,
  off: false,
  n: false,
};

/** What to write in place of a text that was meant as a boolean; empty for anything else. */
export function booleanHint(value: unknown): string {
  if (typeof value !== 'string') return '';
  const word = value.toLowerCase();
  if (word === 'true' || word === 'false') return ` (write ${word} without quotes)`;
  if (!Object.hasOwn(words, word)) return '';
  return ` (write ${words[word]}: '${value}' is a text here)`;
}
