import { functions, stringFunctions, type TemplateFunction } from './functions.ts';
import { nearest } from '../../entities/schema/nearest.ts';
import { RenderError, TemplateError } from './template-error.ts';
import { named, Tokens, type Token } from './tokens.ts';
import { isTrue, joinable, type Scope, type Value } from './value.ts';

/** An expression, ready to be evaluated. Takes time linear in its length and in what it is given. */
export type Expression = (scope: Scope) => Value;

/** Deepest nesting of brackets. */
const MOST_DEEP = 32;

/** Words of Lua that begin what templates do not have. */
const NOT_HERE = new Set(
  'break do else elseif end for function goto if in local repeat return then until while'.split(
    ' ',
  ),
);

/**
 * Reads an expression that ends with `)`. It is a part of Lua: variables and what is in them, texts,
 * numbers, `nil`, `true`, `false`, `or`, `and`, `not`, `==`, `~=`, `..`, and calls of a few functions.
 */
export class ExpressionParser {
  readonly #tokens: Tokens;
  readonly #variables: readonly string[];
  readonly #reads: Set<string>;
  #depth = 0;

  /**
   * @param at index of the expression's first character
   * @param variables names that it may use
   * @param reads gets the names that it does use
   */
  constructor(text: string, at: number, variables: readonly string[], reads: Set<string>) {
    this.#tokens = new Tokens(text, at);
    this.#variables = variables;
    this.#reads = reads;
  }

  /** @returns the expression and the index behind its `)` @throws TemplateError */
  read(): { readonly expression: Expression; readonly end: number } {
    const expression = this.#or();
    const { text, at } = this.#tokens.peek();
    if (text === '-') {
      throw new TemplateError(at, `a name with '-' stands in brackets, as in headers["x-y"]`);
    }
    this.#tokens.expect(')', 'behind the expression');
    return { expression, end: this.#tokens.at };
  }

  #or(): Expression {
    const parts = [this.#and()];
    while (this.#tokens.takes('or')) parts.push(this.#and());
    if (parts.length === 1) return parts[0]!;
    return (scope) => {
      let value: Value = null;
      for (const part of parts) if (isTrue((value = part(scope)))) break;
      return value;
    };
  }

  #and(): Expression {
    const parts = [this.#equality()];
    while (this.#tokens.takes('and')) parts.push(this.#equality());
    if (parts.length === 1) return parts[0]!;
    return (scope) => {
      let value: Value = null;
      for (const part of parts) if (!isTrue((value = part(scope)))) break;
      return value;
    };
  }

  #equality(): Expression {
    let left = this.#joined();
    for (;;) {
      const equal = this.#tokens.takes('==');
      if (!equal && !this.#tokens.takes('~=')) return left;
      const [a, b] = [left, this.#joined()];
      left = (scope) => (a(scope) === b(scope)) === equal;
    }
  }

  #joined(): Expression {
    const parts = [this.#unary()];
    while (this.#tokens.takes('..')) parts.push(this.#unary());
    if (parts.length === 1) return parts[0]!;
    return (scope) => {
      let text = '';
      for (const part of parts) text += joinable(part(scope), 'what is joined with ..');
      return text;
    };
  }

  #unary(): Expression {
    let negations = 0;
    while (this.#tokens.takes('not')) negations++;
    const operand = this.#signed();
    if (negations === 0) return operand;
    const isEven = negations % 2 === 0;
    return (scope) => isTrue(operand(scope)) === isEven;
  }

  #signed(): Expression {
    if (!this.#tokens.takes('-')) return this.#indexed();
    const { kind, text, at } = this.#tokens.next();
    if (kind !== 'number') throw new TemplateError(at, "behind '-' templates take a number alone");
    return () => -Number(text);
  }

  #indexed(): Expression {
    let value = this.#primary();
    for (;;) {
      if (this.#tokens.takes('.')) value = member(value, this.#name().text);
      else if (this.#tokens.takes('[')) value = this.#element(value);
      else if (this.#tokens.takes(':')) value = this.#method(value);
      else return value;
    }
  }

  #element(value: Expression): Expression {
    const key = this.#nested(() => this.#or());
    this.#tokens.expect(']', "to close the '['");
    return (scope) => memberOf(value(scope), key(scope));
  }

  #method(value: Expression): Expression {
    const name = this.#name();
    const method = this.#known(name, stringFunctions);
    this.#tokens.expect('(', `behind ':${name.text}'`);
    return this.#call(name, method, [value]);
  }

  #primary(): Expression {
    const token = this.#tokens.next();
    const { kind, text, at } = token;
    if (kind === 'text') return () => text;
    if (kind === 'number') return constant(Number(text));
    if (kind === 'name') return this.#word(token);
    if (text === '(') {
      const inner = this.#nested(() => this.#or());
      this.#tokens.expect(')', "to close the '('");
      return inner;
    }
    throw new TemplateError(at, `expected a value, not ${named(token)}`);
  }

  #word(token: Token): Expression {
    const { text, at } = token;
    switch (text) {
      case 'nil':
        return constant(null);
      case 'true':
        return constant(true);
      case 'false':
        return constant(false);
      case 'string':
        return this.#stringFunction();
    }
    if (NOT_HERE.has(text)) {
      throw new TemplateError(at, `templates have no '${text}': use and, or, not`);
    }
    if (this.#tokens.takes('(')) return this.#call(token, this.#known(token, functions), []);
    if (this.#variables.includes(text)) {
      this.#reads.add(text);
      return (scope) => scope.variable(text);
    }
    throw new TemplateError(at, unknown('variable', text, this.#variables));
  }

  #stringFunction(): Expression {
    this.#tokens.expect('.', "behind 'string'");
    const name = this.#name();
    const known = this.#known(name, stringFunctions);
    this.#tokens.expect('(', `behind 'string.${name.text}'`);
    return this.#call(name, known, []);
  }

  /** @param given arguments in front of those that are still to read */
  #call(name: Token, { least, most, call }: TemplateFunction, given: Expression[]): Expression {
    const args = [...given];
    if (!this.#tokens.takes(')')) {
      do args.push(this.#nested(() => this.#or()));
      while (this.#tokens.takes(','));
      this.#tokens.expect(')', `behind what '${name.text}' is given`);
    }
    if (args.length < least || args.length > most) {
      const wanted = least === most ? String(least) : `${least} to ${most}`;
      throw new TemplateError(name.at, `'${name.text}' takes ${wanted} values, not ${args.length}`);
    }
    return (scope) => call(args.map((arg) => arg(scope)));
  }

  #known(name: Token, from: ReadonlyMap<string, TemplateFunction>): TemplateFunction {
    const found = from.get(name.text);
    if (found !== undefined) return found;
    throw new TemplateError(name.at, unknown('function', name.text, [...from.keys()]));
  }

  #name(): Token {
    const token = this.#tokens.next();
    if (token.kind === 'name') return token;
    throw new TemplateError(token.at, `expected a name, not ${named(token)}`);
  }

  #nested<T>(read: () => T): T {
    if (++this.#depth > MOST_DEEP) {
      throw new TemplateError(this.#tokens.at, `brackets more than ${MOST_DEEP} deep`);
    }
    const result = read();
    this.#depth--;
    return result;
  }
}

function constant(value: Value): Expression {
  return () => value;
}

function member(value: Expression, name: string): Expression {
  return (scope) => memberOf(value(scope), name);
}

function memberOf(value: Value, key: Value): Value {
  if (typeof value === 'string') return null;
  if (value === null || typeof value !== 'object') {
    throw new RenderError(
      `'${String(key)}' of what is ${value === null ? 'not there' : 'no table'}`,
    );
  }
  return typeof key === 'string' || typeof key === 'number' ? value.get(key) : null;
}

function unknown(what: string, name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  const hint = near === undefined ? `there are ${known.join(', ')}` : `did you mean '${near}'?`;
  return `there is no ${what} '${name}' in templates; ${hint}`;
}
