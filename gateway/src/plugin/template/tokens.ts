import { TemplateError } from './template-error.ts';

export interface Token {
  readonly kind: 'name' | 'text' | 'number' | 'sign' | 'end';
  /** A name or sign as written, a text without quotes and escapes, a number's digits. */
  readonly text: string;
  /** Index of its first character. */
  readonly at: number;
}

const BLANK = /\s*/y;
const NAME = /[A-Za-z_]\w*/y;
const NUMBER = /\d+(?:\.\d+)?/y;
const SIGN = /\.\.|==|~=|[^]/y;
const PLAIN = /[^"'\\\n]+/y;

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['\\', '\\'],
  ['"', '"'],
  ["'", "'"],
]);

/** Takes the expression of a template apart, from a place in its text on. */
export class Tokens {
  readonly #text: string;
  #at: number;
  #ahead: Token | null = null;

  constructor(text: string, at: number) {
    this.#text = text;
    this.#at = at;
  }

  peek(): Token {
    return (this.#ahead ??= this.#read());
  }

  next(): Token {
    const token = this.peek();
    this.#ahead = null;
    return token;
  }

  /** Takes a token if it is this sign or word. */
  takes(sign: string): boolean {
    const token = this.peek();
    const fits = (token.kind === 'sign' || token.kind === 'name') && token.text === sign;
    if (fits) this.next();
    return fits;
  }

  /** @throws TemplateError */
  expect(sign: string, what: string): void {
    const token = this.peek();
    if (!this.takes(sign)) {
      throw new TemplateError(token.at, `expected '${sign}' ${what}, not ${named(token)}`);
    }
  }

  /** Index of the first character that no token was read of. */
  get at(): number {
    return this.#ahead?.at ?? this.#at;
  }

  #read(): Token {
    this.#take(BLANK);
    const at = this.#at;
    if (at >= this.#text.length) return { kind: 'end', text: '', at };
    const name = this.#take(NAME);
    if (name !== undefined) return { kind: 'name', text: name, at };
    const number = this.#take(NUMBER);
    if (number !== undefined) return { kind: 'number', text: number, at };
    const sign = this.#take(SIGN) ?? '';
    if (sign === '"' || sign === "'") return { kind: 'text', text: this.#quoted(sign, at), at };
    return { kind: 'sign', text: sign, at };
  }

  #quoted(quote: string, start: number): string {
    let text = '';
    for (;;) {
      text += this.#take(PLAIN) ?? '';
      const char = this.#text[this.#at];
      if (char === undefined || char === '\n') {
        throw new TemplateError(start, `the text that begins here has no closing ${quote}`);
      }
      this.#at++;
      if (char === quote) return text;
      text += char === '\\' ? this.#escaped() : char;
    }
  }

  #escaped(): string {
    const char = this.#text[this.#at++] ?? '';
    const escaped = ESCAPES.get(char);
    if (escaped === undefined) {
      throw new TemplateError(this.#at - 2, `'\\${char}' is no escape that templates know`);
    }
    return escaped;
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }
}

/** A token as a mistake names it. */
export function named({ kind, text }: Token): string {
  if (kind === 'end') return 'the end of the text';
  return kind === 'text' ? `the text "${text}"` : `'${text}'`;
}
