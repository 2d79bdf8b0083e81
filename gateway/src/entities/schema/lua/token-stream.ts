import { Lexer, LuaSyntaxError, type Token } from './lexer.ts';

/** Statements and expressions within each other, as many as LuaJIT takes. */
const deepest = 200;

/** The tokens of a piece of Lua, one after the other, and what is wrong where they end. */
export class TokenStream {
  readonly #lexer: Lexer;
  #now: Token;
  #ahead: Token | undefined;
  #depth = 0;

  constructor(source: string) {
    this.#lexer = new Lexer(source);
    this.#now = this.#lexer.next();
  }

  get now(): Token {
    return this.#now;
  }

  name(): void {
    if (this.#now.kind !== 'name') this.fail('<name> expected');
    this.next();
  }

  expect(text: string): void {
    if (!this.accept(text)) this.fail(`'${text}' expected`);
  }

  close(text: string, opening: string, line: number): void {
    if (this.accept(text)) return;
    const where = line === this.#now.line ? '' : ` (to close '${opening}' at line ${line})`;
    this.fail(`'${text}' expected${where}`);
  }

  accept(text: string): boolean {
    const found = this.is(text);
    if (found) this.next();
    return found;
  }

  is(text: string): boolean {
    return this.isSymbol() && this.#now.text === text;
  }

  isSymbol(): boolean {
    return this.#now.kind === 'symbol';
  }

  next(): void {
    this.#now = this.#ahead ?? this.#lexer.next();
    this.#ahead = undefined;
  }

  peek(): Token {
    return (this.#ahead ??= this.#lexer.next());
  }

  enter(): void {
    this.#depth += 1;
    if (this.#depth > deepest) this.fail('chunk has too many syntax levels');
  }

  fail(message: string): never {
    const { text, line } = this.#now;
    throw new LuaSyntaxError(line, `${message} near '${text}'`);
  }

  leave(): void {
    this.#depth -= 1;
  }
}
