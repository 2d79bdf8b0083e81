import { wireText } from './path.ts';

/** Text that every match of an expression has at its ends. */
export interface LiteralEnds {
  readonly start: string;
  /** Empty unless the expression ends in `$`. */
  readonly end: string;
}

const NOTHING: LiteralEnds = { start: '', end: '' };
const PLAIN_GROUP = /\((?:\?(?::|P?<[^=!>]))?(?!\?)/y;
const QUANTIFIER = /[*+?]|\{\d*,?\d*\}/y;
const ESCAPABLE = /[^A-Za-z0-9_<>\s]/;
/** Escapes of one character; others (`\x41`, `\pL`) have a part that looks like plain text. */
const PLAIN_ESCAPE = /[dDwWsSbBAz]|[^A-Za-z0-9_<>\s]/;

/**
 * The text that every path matched by an expression anchored at the start begins and ends with, in
 * wire form. Where it is not certain the answer is shorter than it could be, down to nothing.
 *
 * @param source a valid expression without the leading `~`
 */
export function literalEnds(source: string): LiteralEnds {
  let start = '';
  let run = '';
  let atStart = true;
  const breakRun = (): void => {
    if (atStart) start = run;
    atStart = false;
    run = '';
  };
  for (let at = 0; at < source.length;) {
    const token = tokenAt(source, at);
    if (token === null || token === '|') return NOTHING;
    at += token.length;
    QUANTIFIER.lastIndex = at;
    const quantifier = QUANTIFIER.exec(source)?.[0] ?? '';
    at += quantifier.length;
    if (token === '$' && at === source.length) {
      if (atStart) start = run;
      return { start: wireText(start), end: wireText(run) };
    }
    const literal = literalOf(token);
    if (literal === null || quantifier !== '') breakRun();
    else run += literal;
  }
  return { start: wireText(atStart ? run : start), end: '' };
}

/** A character, an escape, a class or a whole group; null where flags or something unknown begins. */
function tokenAt(source: string, at: number): string | null {
  switch (source.charAt(at)) {
    case '\\':
      return PLAIN_ESCAPE.test(source.charAt(at + 1)) ? source.slice(at, at + 2) : null;
    case '[':
      return source.slice(at, classEnd(source, at));
    case '(':
      return groupAt(source, at);
    default:
      return String.fromCodePoint(source.codePointAt(at)!);
  }
}

function literalOf(token: string): string | null {
  if (token.startsWith('\\')) return ESCAPABLE.test(token.charAt(1)) ? token.charAt(1) : null;
  return '.*+?{}[]()^$'.includes(token.charAt(0)) ? null : token;
}

/** Position after the bracket that closes the class opened at `start`; a first `]` is a member. */
function classEnd(source: string, start: number): number {
  let at = start + 1;
  if (source.charAt(at) === '^') at++;
  if (source.charAt(at) === ']') at++;
  for (; at < source.length && source.charAt(at) !== ']'; at++) {
    if (source.charAt(at) === '\\') at++;
  }
  return at + 1;
}

function groupAt(source: string, start: number): string | null {
  PLAIN_GROUP.lastIndex = start;
  if (!PLAIN_GROUP.test(source)) return null;
  let at = PLAIN_GROUP.lastIndex;
  while (at < source.length && source.charAt(at) !== ')') {
    const token = tokenAt(source, at);
    if (token === null) return null;
    at += token.length;
  }
  return source.slice(start, at + 1);
}
