import { TokenStream } from './token-stream.ts';

const blockEnds = new Set(['else', 'elseif', 'end', 'until', '<eof>']);
const binary: Readonly<Record<string, readonly [left: number, right: number]>> = {
  or: [1, 1],
  and: [2, 2],
  '<': [3, 3],
  '>': [3, 3],
  '<=': [3, 3],
  '>=': [3, 3],
  '~=': [3, 3],
  '==': [3, 3],
  '..': [5, 4],
  '+': [6, 6],
  '-': [6, 6],
  '*': [7, 7],
  '/': [7, 7],
  '%': [7, 7],
  '^': [10, 9],
};
const unaryPriority = 8;

/** What an expression is, as far as statements ask. */
type Shape = 'call' | 'place' | 'value';

/** Reads a piece of Lua for its mistakes alone. */
export class Parser {
  readonly #tokens: TokenStream;
  #varargs = true;

  constructor(source: string) {
    this.#tokens = new TokenStream(source);
  }

  /** @throws LuaSyntaxError for the first mistake */
  chunk(): void {
    this.#block();
    if (this.#tokens.now.kind !== 'end') this.#tokens.fail("'<eof>' expected");
  }

  #block(): void {
    this.#tokens.enter();
    while (!this.#endsBlock()) {
      const last = this.#statement();
      this.#tokens.accept(';');
      if (last) break;
    }
    this.#tokens.leave();
  }

  #endsBlock(): boolean {
    return (
      this.#tokens.now.kind === 'end' ||
      (this.#tokens.isSymbol() && blockEnds.has(this.#tokens.now.text))
    );
  }

  /** @returns whether it has to be the last one of its block */
  #statement(): boolean {
    const { line } = this.#tokens.now;
    switch (this.#tokens.isSymbol() ? this.#tokens.now.text : '') {
      case 'if':
        this.#if(line);
        return false;
      case 'while':
        this.#tokens.next();
        this.#expression();
        this.#tokens.expect('do');
        this.#block();
        this.#tokens.close('end', 'while', line);
        return false;
      case 'do':
        this.#tokens.next();
        this.#block();
        this.#tokens.close('end', 'do', line);
        return false;
      case 'for':
        this.#for(line);
        return false;
      case 'repeat':
        this.#tokens.next();
        this.#block();
        this.#tokens.close('until', 'repeat', line);
        this.#expression();
        return false;
      case 'function':
        this.#tokens.next();
        this.#tokens.name();
        while (this.#tokens.accept('.')) this.#tokens.name();
        if (this.#tokens.accept(':')) this.#tokens.name();
        this.#body(line);
        return false;
      case 'local':
        this.#local(line);
        return false;
      case '::':
        this.#tokens.next();
        this.#tokens.name();
        this.#tokens.expect('::');
        return false;
      case 'goto':
        this.#tokens.next();
        this.#tokens.name();
        return false;
      case ';':
        this.#tokens.next();
        return false;
      case 'return':
        this.#tokens.next();
        if (!this.#endsBlock() && !this.#tokens.is(';')) this.#expressions();
        return true;
      case 'break':
        this.#tokens.next();
        return false;
      default:
        this.#callOrAssignment();
        return false;
    }
  }

  #if(line: number): void {
    do {
      this.#tokens.next();
      this.#expression();
      this.#tokens.expect('then');
      this.#block();
    } while (this.#tokens.is('elseif'));
    if (this.#tokens.accept('else')) this.#block();
    this.#tokens.close('end', 'if', line);
  }

  #for(line: number): void {
    this.#tokens.next();
    this.#tokens.name();
    if (this.#tokens.accept('=')) {
      this.#expression();
      this.#tokens.expect(',');
      this.#expression();
      if (this.#tokens.accept(',')) this.#expression();
    } else if (this.#tokens.is(',') || this.#tokens.is('in')) {
      while (this.#tokens.accept(',')) this.#tokens.name();
      this.#tokens.expect('in');
      this.#expressions();
    } else this.#tokens.fail("'=' or 'in' expected");
    this.#tokens.expect('do');
    this.#block();
    this.#tokens.close('end', 'for', line);
  }

  #local(line: number): void {
    this.#tokens.next();
    if (this.#tokens.accept('function')) {
      this.#tokens.name();
      this.#body(line);
      return;
    }
    do this.#tokens.name();
    while (this.#tokens.accept(','));
    if (this.#tokens.accept('=')) this.#expressions();
  }

  #callOrAssignment(): void {
    let shape = this.#suffixed();
    if (shape === 'call') return;
    for (;;) {
      if (shape !== 'place') this.#tokens.fail('syntax error');
      if (!this.#tokens.accept(',')) break;
      shape = this.#suffixed();
    }
    this.#tokens.expect('=');
    this.#expressions();
  }

  #expressions(): void {
    do this.#expression();
    while (this.#tokens.accept(','));
  }

  #expression(limit = 0): void {
    this.#tokens.enter();
    if (this.#tokens.is('not') || this.#tokens.is('-') || this.#tokens.is('#')) {
      this.#tokens.next();
      this.#expression(unaryPriority);
    } else this.#simple();
    for (;;) {
      const priority = this.#tokens.isSymbol() ? binary[this.#tokens.now.text] : undefined;
      if (priority === undefined || priority[0] <= limit) break;
      this.#tokens.next();
      this.#expression(priority[1]);
    }
    this.#tokens.leave();
  }

  #simple(): void {
    const { kind, text, line } = this.#tokens.now;
    if (kind === 'number' || kind === 'string') this.#tokens.next();
    else if (kind !== 'symbol') this.#suffixed();
    else if (text === 'nil' || text === 'true' || text === 'false') this.#tokens.next();
    else if (text === '...') {
      if (!this.#varargs) this.#tokens.fail("cannot use '...' outside a vararg function");
      this.#tokens.next();
    } else if (text === '{') this.#table();
    else if (text === 'function') {
      this.#tokens.next();
      this.#body(line);
    } else this.#suffixed();
  }

  #suffixed(): Shape {
    let shape: Shape = 'place';
    const { line } = this.#tokens.now;
    if (this.#tokens.accept('(')) {
      this.#expression();
      this.#tokens.close(')', '(', line);
      shape = 'value';
    } else if (this.#tokens.now.kind === 'name') this.#tokens.next();
    else this.#tokens.fail('unexpected symbol');
    for (;;) {
      if (this.#tokens.accept('.')) {
        this.#tokens.name();
        shape = 'place';
      } else if (this.#tokens.is('[')) {
        this.#index();
        shape = 'place';
      } else if (this.#tokens.accept(':')) {
        this.#tokens.name();
        this.#arguments();
        shape = 'call';
      } else if (
        this.#tokens.now.kind === 'string' ||
        this.#tokens.is('(') ||
        this.#tokens.is('{')
      ) {
        this.#arguments();
        shape = 'call';
      } else return shape;
    }
  }

  #index(): void {
    this.#tokens.next();
    this.#expression();
    this.#tokens.expect(']');
  }

  #arguments(): void {
    const { line } = this.#tokens.now;
    if (this.#tokens.now.kind === 'string') this.#tokens.next();
    else if (this.#tokens.is('{')) this.#table();
    else if (this.#tokens.accept('(')) {
      if (!this.#tokens.is(')')) this.#expressions();
      this.#tokens.close(')', '(', line);
    } else this.#tokens.fail('function arguments expected');
  }

  #table(): void {
    const { line } = this.#tokens.now;
    this.#tokens.expect('{');
    while (!this.#tokens.is('}')) {
      if (this.#tokens.is('[')) {
        this.#index();
        this.#tokens.expect('=');
      } else if (this.#tokens.now.kind === 'name' && this.#tokens.peek().text === '=') {
        this.#tokens.next();
        this.#tokens.next();
      }
      this.#expression();
      if (!this.#tokens.accept(',') && !this.#tokens.accept(';')) break;
    }
    this.#tokens.close('}', '{', line);
  }

  /** Parameters and body of a function. */
  #body(line: number): void {
    const outer = this.#varargs;
    this.#varargs = false;
    this.#tokens.expect('(');
    while (!this.#tokens.is(')')) {
      if (this.#tokens.accept('...')) {
        this.#varargs = true;
        break;
      }
      this.#tokens.name();
      if (!this.#tokens.accept(',')) break;
      if (this.#tokens.is(')')) this.#tokens.fail('<name> expected');
    }
    this.#tokens.expect(')');
    this.#block();
    this.#tokens.close('end', 'function', line);
    this.#varargs = outer;
  }
}
