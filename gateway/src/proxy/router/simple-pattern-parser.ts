import {
  ALL,
  classSource,
  DIGITS,
  NONE,
  NOT_NEWLINE,
  range,
  single,
  WORD,
} from './character-set.ts';
import type { CharacterSet } from './character-set.ts';

/** A character set or a group, repeated `min` to `max` times. Groups at most once. */
export interface Piece {
  readonly set: CharacterSet;
  /** The character when there is exactly one, not repeated. */
  readonly literal: string | null;
  readonly branches: readonly (readonly Piece[])[] | null;
  readonly min: number;
  readonly max: number;
  /** JavaScript source: the set, or the start of the group. */
  readonly open: string;
  readonly quantifier: string;
}

export interface SimplePattern {
  readonly pieces: readonly Piece[];
  readonly anchoredAtEnd: boolean;
}

const QUANTIFIER = /[*+?]|\{(\d{1,3})(?:(,)(\d{1,3})?)?\}/y;
const GROUP = /\((?:\?(?::|P?<([A-Za-z_][A-Za-z0-9_]*)>))?/y;
const PUNCTUATION = /[!-/:-;=?-@[-^`{-~]/;

/**
 * Reads the part of the syntax in which Kong's engine and JavaScript's mean the same for ASCII text:
 * characters, `.`, classes, `\d \w` and their opposites, quantifiers, groups that are not repeated,
 * `$` at the end. Null for everything else.
 */
export function parseSimplePattern(source: string): SimplePattern | null {
  const reader = new Reader(source);
  const pieces = reader.sequence();
  if (pieces === null) return null;
  const anchoredAtEnd = reader.take('$');
  return reader.atEnd ? { pieces, anchoredAtEnd } : null;
}

class Reader {
  readonly source: string;
  at = 0;

  constructor(source: string) {
    this.source = source;
  }

  get atEnd(): boolean {
    return this.at >= this.source.length;
  }

  take(char: string): boolean {
    if (this.source.charAt(this.at) !== char) return false;
    this.at++;
    return true;
  }

  /** Pieces up to what cannot be part of a sequence. */
  sequence(): Piece[] | null {
    const pieces: Piece[] = [];
    while (!this.atEnd && !'|)$'.includes(this.source.charAt(this.at))) {
      const piece = this.source.charAt(this.at) === '(' ? this.group() : this.characters();
      if (piece === null) return null;
      pieces.push(piece);
    }
    return pieces;
  }

  private group(): Piece | null {
    GROUP.lastIndex = this.at;
    const open = GROUP.exec(this.source);
    if (open === null) return null;
    this.at = GROUP.lastIndex;
    const branches: Piece[][] = [];
    do {
      const branch = this.sequence();
      if (branch === null) return null;
      branches.push(branch);
    } while (this.take('|'));
    if (!this.take(')')) return null;
    const repeat = this.quantifier();
    if (repeat === null || repeat.max !== 1) return null;
    const start = open[0].replace('?P<', '?<');
    return { set: NONE, literal: null, branches, open: start, ...repeat };
  }

  private characters(): Piece | null {
    const set = this.set();
    if (set === null || set === NONE) return null;
    const repeat = this.quantifier();
    if (repeat === null) return null;
    const code = repeat.quantifier === '' ? codeOf(set) : null;
    const literal = code === null ? null : String.fromCharCode(code);
    return { set, literal, branches: null, open: classSource(set), ...repeat };
  }

  private set(): CharacterSet | null {
    const char = this.source.charAt(this.at);
    if (char === '[') return this.characterClass();
    if (char === '\\') return this.escape();
    this.at++;
    if (char === '.') return NOT_NEWLINE;
    if ('*+?{}]^'.includes(char)) return null;
    return setOf(char);
  }

  private escape(): CharacterSet | null {
    const char = this.source.charAt(this.at + 1);
    this.at += 2;
    switch (char) {
      case 'd':
        return DIGITS;
      case 'D':
        return ALL & ~DIGITS;
      case 'w':
        return WORD;
      case 'W':
        return ALL & ~WORD;
      default:
        return PUNCTUATION.test(char) ? setOf(char) : null;
    }
  }

  private characterClass(): CharacterSet | null {
    this.at++;
    const negated = this.take('^');
    let set = NONE;
    if (this.source.charAt(this.at) === ']') return null;
    while (!this.take(']')) {
      if (this.atEnd || this.source.charAt(this.at) === '[') return null;
      if (/^(&&|--|~~)/.test(this.source.slice(this.at, this.at + 2))) return null;
      const member = this.member();
      if (member === null) return null;
      set |= member;
    }
    return negated ? ALL & ~set : set;
  }

  /** One character, escape or range of a class. */
  private member(): CharacterSet | null {
    const from = this.memberSet();
    const ranges = this.source.charAt(this.at) === '-' && this.source.charAt(this.at + 1) !== ']';
    if (from === null || !ranges) return from;
    this.at++;
    const to = this.memberSet();
    if (to === null) return null;
    const first = codeOf(from);
    const last = codeOf(to);
    return first === null || last === null || first > last ? null : range(first, last);
  }

  private memberSet(): CharacterSet | null {
    if (this.source.charAt(this.at) === '\\') return this.escape();
    return setOf(this.source.charAt(this.at++));
  }

  private quantifier(): { min: number; max: number; quantifier: string } | null {
    QUANTIFIER.lastIndex = this.at;
    const found = QUANTIFIER.exec(this.source);
    if (found === null) return { min: 1, max: 1, quantifier: '' };
    this.at = QUANTIFIER.lastIndex;
    const quantifier = found[0] + (this.take('?') ? '?' : '');
    // Another quantifier would repeat the repetition.
    if ('*+?{'.includes(this.source.charAt(this.at)) && !this.atEnd) return null;
    const [text, least, comma, most] = found;
    if (text === '*') return { min: 0, max: Infinity, quantifier };
    if (text === '+') return { min: 1, max: Infinity, quantifier };
    if (text === '?') return { min: 0, max: 1, quantifier };
    const min = Number(least);
    const max = comma === undefined ? min : most === undefined ? Infinity : Number(most);
    return max < min || max === 0 ? null : { min, max, quantifier };
  }
}

/** The set of one character; null when it is not ASCII. */
function setOf(char: string): CharacterSet | null {
  const code = char.charCodeAt(0);
  return code < 128 ? single(code) : null;
}

/** The code of the only member, or null when there are none or several. */
function codeOf(set: CharacterSet): number | null {
  return set !== NONE && (set & (set - 1n)) === 0n ? set.toString(2).length - 1 : null;
}
