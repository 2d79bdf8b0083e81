/**
 * The commonest mistakes in regular expressions in the words of Kong, which come from PCRE: what a
 * client compares, or somebody looks up.
 */

interface Mistake {
  /** What our engine says of it. */
  readonly own: RegExp;
  readonly kong: string;
  /** Where PCRE stops reading, from the mistake as our engine quotes it; absent for the end. */
  readonly from?: (source: string, quoted: string) => string;
}

const mistakes: readonly Mistake[] = [
  { own: /^missing closing \)/, kong: 'missing closing parenthesis' },
  { own: /^missing closing \]/, kong: 'missing terminating ] for character class' },
  { own: /^trailing backslash/, kong: '\\ at end of pattern' },
  {
    own: /^unexpected \)/,
    kong: 'unmatched closing parenthesis',
    from: (source) => source.slice(unmatchedParenthesis(source)),
  },
  {
    own: /^missing argument to repetition operator/,
    kong: 'quantifier does not follow a repeatable item',
    from: (source, quoted) => source.slice(source.indexOf(quoted)),
  },
];

/** What Kong says of an expression. @param problem what our engine says */
export function regexWords(source: string, problem: string): string {
  const mistake = mistakes.find(({ own }) => own.test(problem));
  if (mistake === undefined) return problem;
  const quoted = /`(.*)`$/s.exec(problem)?.[1] ?? '';
  const rest = mistake.from?.(source, quoted) ?? '';
  const at = rest === '' ? '' : ` at "${rest}"`;
  return `PCRE returned: pcre2_compile() failed: ${mistake.kong} in "${source}"${at}`;
}

/** The place of the first `)` that closes nothing. */
function unmatchedParenthesis(source: string): number {
  let open = 0;
  let inClass = false;
  for (let i = 0; i < source.length; i += 1) {
    const char = source.charAt(i);
    if (char === '\\') i += 1;
    else if (inClass) inClass = char !== ']';
    else if (char === '[') inClass = true;
    else if (char === '(') open += 1;
    else if (char === ')' && --open < 0) return i;
  }
  return source.length;
}
