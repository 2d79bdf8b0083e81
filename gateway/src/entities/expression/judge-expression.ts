import { regexProblem } from '../schema/regex.ts';
import type { Expression, Predicate } from './expression.ts';
import { ExpressionError } from './expression-error.ts';
import { fieldType, type FieldType, type Subsystem } from './expression-fields.ts';
import { parseExpression } from './parse-expression.ts';

/**
 * Parses an expression and sees to it that it means something.
 *
 * @throws ExpressionError
 */
export function checkedExpression(text: string, subsystem: Subsystem): Expression {
  const expression = parseExpression(text);
  for (const predicate of predicatesOf(expression)) {
    const wrong = mistakeIn(predicate, subsystem);
    if (wrong !== null) throw new ExpressionError(text, wrong.at, wrong.problem);
  }
  return expression;
}

/** What is wrong with an expression, or undefined. */
export function expressionProblem(text: string, subsystem: Subsystem): string | undefined {
  try {
    checkedExpression(text, subsystem);
    return undefined;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return error.message;
  }
}

function* predicatesOf(expression: Expression): Generator<Predicate, void, void> {
  if (expression.kind === 'predicate') yield expression;
  else if (expression.kind === 'not') yield* predicatesOf(expression.part);
  else for (const part of expression.parts) yield* predicatesOf(part);
}

interface Mistake {
  readonly at: number;
  readonly problem: string;
}

function mistakeIn(predicate: Predicate, subsystem: Subsystem): Mistake | null {
  const { field, lower, at, literalAt } = predicate;
  const type = fieldType(field, subsystem);
  if (type === undefined) return { at, problem: unknownField(field, subsystem) };
  if (lower && type !== 'text') return { at, problem: `lower() is for text, ${field} is not` };
  const problem = mismatch(predicate, type);
  return problem === null ? null : { at: literalAt, problem };
}

function unknownField(field: string, subsystem: Subsystem): string {
  const isOfRequests = subsystem === 'stream' && fieldType(field, 'http') !== undefined;
  return isOfRequests ? `${field} is of requests, not of streams` : `unknown field ${field}`;
}

const words: Readonly<Record<string, string>> = {
  text: 'text',
  integer: 'an integer',
  address: 'an IP address',
  block: 'a block of IP addresses',
};

/** What an operator does not fit, or null. */
function mismatch({ field, operator, literal }: Predicate, type: FieldType): string | null {
  const expected = literalFor(operator, type);
  if (expected === null) return `${operator} cannot be used with ${field}, which is ${words[type]}`;
  if (literal.type !== expected) return `${field} ${operator} needs ${words[expected]}`;
  if (operator !== '~' || literal.type !== 'text') return null;
  const problem = regexProblem(literal.text);
  return problem === undefined ? null : `not a regular expression: ${problem}`;
}

/** The type of literal that goes with a field and an operator; null when these do not go together. */
function literalFor(operator: Predicate['operator'], type: FieldType): string | null {
  switch (operator) {
    case '==':
    case '!=':
      return type;
    case '~':
    case '^=':
    case '=^':
    case 'contains':
      return type === 'text' ? type : null;
    case 'in':
    case 'not in':
      return type === 'address' ? 'block' : null;
    default:
      return type === 'integer' ? type : null;
  }
}
