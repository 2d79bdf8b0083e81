/** A mistake in a piece of Lua. */
export class LuaSyntaxError extends Error {
  override readonly name = 'LuaSyntaxError';
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

export type TokenKind = 'name' | 'string' | 'number' | 'symbol' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** As written; of keywords and signs that is also what they are. */
  readonly text: string;
  readonly line: number;
}

const keywords = new Set(
  'and break do else elseif end false for function goto if in local nil not or repeat return then true until while'.split(
    ' ',
  ),
);

const blank = /[ \t\r\n\f\v]+/y;
const name = /[A-Za-z_\u0080-\uFFFF][\w\u0080-\uFFFF]*/y;
const number =
  /(?:0[xX](?:[\da-fA-F]+\.?[\da-fA-F]*|\.[\da-fA-F]+)(?:[pP][+-]?\d+)?|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?:[uU]?[lL][lL]|i|I)?/y;
const wordAfterNumber = /[\w.]+/y;
const sign = /\.\.\.|\.\.|==|~=|<=|>=|::|[^]/y;
const longBracket = /\[(=*)\[/y;
const escape = /\\(?:[abfnrtv\\"'\r\n]|x[\da-fA-F]{2}|z|\d{1,3}|u\{[\da-fA-F]{1,8}\})/y;

/** Splits Lua, in the dialect of LuaJIT, into its tokens. */
export class Lexer {
  readonly #source: string;
  #at = 0;
  #line = 1;

  constructor(source: string) {
    // A first line that begins with `#` is for the shell.
    this.#source = source;
    if (source.startsWith('#')) this.#at = (source + '\n').indexOf('\n');
  }

  /** @throws LuaSyntaxError */
  next(): Token {
    this.#skip();
    if (this.#at >= this.#source.length) {
      return { kind: 'end', text: '<eof>', line: this.#line };
    }
    const word = this.#take(name);
    if (word !== undefined) return this.#token(keywords.has(word) ? 'symbol' : 'name', word);
    const digits = this.#take(number);
    if (digits !== undefined) return this.#number(digits);
    const char = this.#source.charAt(this.#at);
    if (char === '"' || char === "'") return this.#quoted(char);
    const level = this.#longLevel();
    if (level !== undefined) return this.#token('string', this.#long(level, 'string'));
    return this.#token('symbol', this.#take(sign) ?? '');
  }

  #token(kind: TokenKind, text: string): Token {
    return { kind, text, line: this.#line };
  }

  #skip(): void {
    for (;;) {
      const space = this.#take(blank);
      if (space !== undefined) this.#count(space);
      if (!this.#source.startsWith('--', this.#at)) return;
      this.#at += 2;
      const level = this.#longLevel();
      if (level !== undefined) this.#long(level, 'comment');
      else this.#at = (this.#source + '\n').indexOf('\n', this.#at);
    }
  }

  #number(digits: string): Token {
    const more = this.#take(wordAfterNumber);
    if (more !== undefined) this.#fail('malformed number', digits + more);
    return this.#token('number', digits);
  }

  #quoted(quote: string): Token {
    const start = this.#at;
    this.#at += 1;
    for (;;) {
      const char = this.#source.charAt(this.#at);
      if (char === quote) {
        this.#at += 1;
        return this.#token('string', this.#source.slice(start, this.#at));
      }
      if (char === '') this.#fail('unfinished string', '<eof>');
      if (char === '\n') this.#fail('unfinished string', this.#source.slice(start, this.#at));
      if (char !== '\\') {
        this.#at += 1;
        continue;
      }
      const escaped = this.#take(escape);
      if (escaped === undefined || Number(escaped.slice(1)) > 255) {
        this.#fail('invalid escape sequence', this.#source.slice(start, this.#at + 1));
      }
      if (escaped === '\\z') this.#count(this.#take(blank) ?? '');
      else this.#count(escaped);
    }
  }

  /** How many `=` an opening long bracket has that stands here, if one does. */
  #longLevel(): number | undefined {
    longBracket.lastIndex = this.#at;
    return longBracket.exec(this.#source)?.[1]?.length;
  }

  #long(level: number, what: string): string {
    const start = this.#at;
    const closing = `]${'='.repeat(level)}]`;
    const end = this.#source.indexOf(closing, start + level + 2);
    if (end === -1) {
      this.#count(this.#source.slice(start));
      this.#fail(`unfinished long ${what}`, '<eof>');
    }
    this.#at = end + closing.length;
    const text = this.#source.slice(start, this.#at);
    this.#count(text);
    return text;
  }

  #take(form: RegExp): string | undefined {
    form.lastIndex = this.#at;
    const text = form.exec(this.#source)?.[0];
    if (text !== undefined) this.#at += text.length;
    return text;
  }

  #count(text: string): void {
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.#line += 1;
  }

  #fail(message: string, near: string): never {
    throw new LuaSyntaxError(this.#line, `${message} near '${near}'`);
  }
}
