import type { Expression, Operator, Predicate } from './expression.ts';
import { ExpressionError } from './expression-error.ts';
import { readLiteral } from './read-literal.ts';
import { TextReader } from './text-reader.ts';

/** Parentheses within parentheses, at most: more are no work of a person. */
const DEEPEST = 100;

const NAME = /[A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*/y;
const OPERATOR = /==|!=|\^=|=\^|>=|<=|>|<|~|in\b|not\s+in\b|contains\b/y;
const OPEN = /\(/y;
const CLOSE = /\)/y;
const NOT = /!/y;
const AND = /&&/y;
const OR = /\|\|/y;

/**
 * Parses an expression. `&&` binds tighter than `||`; `!` stands before parentheses.
 *
 * @throws ExpressionError
 */
export function parseExpression(text: string): Expression {
  const parser = new Parser(new TextReader(text));
  return parser.whole();
}

class Parser {
  readonly #reader: TextReader;
  #depth = 0;

  constructor(reader: TextReader) {
    this.#reader = reader;
  }

  whole(): Expression {
    const expression = this.#alternatives();
    if (!this.#reader.isAtEnd) this.#reader.fail('expected &&, || or the end');
    return expression;
  }

  #alternatives(): Expression {
    return this.#joined('or', OR, () => this.#joined('and', AND, () => this.#term()));
  }

  #joined(kind: 'and' | 'or', sign: RegExp, part: () => Expression): Expression {
    const first = part();
    const parts = [first];
    while (this.#reader.take(sign) !== null) parts.push(part());
    return parts.length === 1 ? first : { kind, parts };
  }

  #term(): Expression {
    const isNegated = this.#reader.take(NOT) !== null;
    if (this.#reader.take(OPEN) === null) {
      if (isNegated) this.#reader.fail('expected (');
      return this.#predicate();
    }
    if (++this.#depth > DEEPEST) {
      this.#reader.fail(`more than ${DEEPEST} parentheses within each other`);
    }
    const inner = this.#alternatives();
    if (this.#reader.take(CLOSE) === null) this.#reader.fail('expected &&, || or )');
    this.#depth--;
    return isNegated ? { kind: 'not', part: inner } : inner;
  }

  #predicate(): Predicate {
    const { at } = this.#reader;
    const { field, lower, any } = this.#field();
    const sign = this.#reader.take(OPERATOR);
    if (sign === null) this.#reader.fail('expected an operator');
    const operator = (sign.startsWith('not') ? 'not in' : sign) as Operator;
    const literalAt = this.#reader.at;
    const literal = readLiteral(this.#reader);
    return { kind: 'predicate', field, lower, any, operator, literal, at, literalAt };
  }

  /** A name, perhaps within functions. */
  #field(): Pick<Predicate, 'field' | 'lower' | 'any'> {
    const functions: string[] = [];
    for (;;) {
      const { at } = this.#reader;
      const name = this.#reader.take(NAME);
      if (name === null) this.#reader.fail('expected term');
      if (this.#reader.take(OPEN) === null) {
        for (const each of functions) {
          if (this.#reader.take(CLOSE) === null) this.#reader.fail(`expected ) after ${each}(`);
        }
        return { field: name, lower: functions.includes('lower'), any: functions.includes('any') };
      }
      if (name !== 'lower' && name !== 'any') {
        throw new ExpressionError(this.#reader.text, at, `unknown function ${name}()`);
      }
      if (functions.includes(name)) {
        throw new ExpressionError(this.#reader.text, at, `${name}() within ${name}()`);
      }
      functions.push(name);
    }
  }
}
