import { ExpressionError } from './expression-error.ts';

const SPACE = /[ \t\r\n]*/y;

/** Reads an expression from its start to its end; what stands between its parts is passed over. */
export class TextReader {
  readonly text: string;
  #at = 0;

  constructor(text: string) {
    this.text = text;
    this.#skipSpace();
  }

  /** Where the next part begins, in characters. */
  get at(): number {
    return this.#at;
  }

  get isAtEnd(): boolean {
    return this.#at === this.text.length;
  }

  /** The next part, if it is one of `pattern`, which is sticky; null if not. */
  take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text);
    if (found === null) return null;
    this.#at = pattern.lastIndex;
    this.#skipSpace();
    return found[0];
  }

  /** @throws ExpressionError that something is wrong with what comes next */
  fail(problem: string): never {
    throw new ExpressionError(this.text, this.#at, problem);
  }

  #skipSpace(): void {
    SPACE.lastIndex = this.#at;
    SPACE.exec(this.text);
    this.#at = SPACE.lastIndex;
  }
}
