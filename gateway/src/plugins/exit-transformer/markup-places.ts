/** Stands for an expression; no configured text has this character. */
const MARK = '\0';

/**
 * Where markup is not text: comments, CDATA, instructions, elements whose content is taken as it is, and
 * tags. What is not closed goes on to the end.
 */
const NO_TEXT =
  /<!--[^]*?(?:-->|$)|<!\[CDATA\[[^]*?(?:\]\]>|$)|<\?[^]*?(?:\?>|$)|<(script|style|iframe|noembed|noframes|noscript|xmp|plaintext)\b[^]*?(?:<\/\1\s*>|$)|<[!/]?[^\s<>](?:"[^"]*(?:"|$)|'[^']*(?:'|$)|[^"'>])*(?:>|$)/gi;

/**
 * Why a template of HTML or XML has an expression where escaping could not keep its value from becoming
 * more than a text: a value in `<script>` or in `href="…"` is run or followed. Undefined where all stand
 * between tags.
 *
 * @param texts of the template, null for every expression
 */
export function placeProblem(texts: readonly (string | null)[]): string | undefined {
  const markup = texts.map((text) => text ?? MARK).join('');
  for (const [construct] of markup.matchAll(NO_TEXT)) {
    const at = construct.indexOf(MARK);
    if (at === -1) continue;
    const where = construct.slice(0, Math.min(at, 40));
    return `an expression may stand in the text between tags alone, not in '${where}…'`;
  }
  return undefined;
}
