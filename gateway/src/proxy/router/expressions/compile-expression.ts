import type { Expression, Predicate } from '../../../entities/expression/expression.ts';
import {
  fieldType,
  HEADERS,
  QUERIES,
  segmentRange,
} from '../../../entities/expression/expression-fields.ts';
import { EndpointCriterion, usualForm } from '../endpoint-criterion.ts';
import type { Condition, Facts } from './facts.ts';
import { pathCondition } from './path-test.ts';
import { textTest } from './text-test.ts';

/** @param expression checked */
export function compileExpression(expression: Expression): Condition {
  switch (expression.kind) {
    case 'and': {
      const parts = expression.parts.map(compileExpression);
      return (facts) => parts.every((part) => part(facts));
    }
    case 'or': {
      const parts = expression.parts.map(compileExpression);
      return (facts) => parts.some((part) => part(facts));
    }
    case 'not': {
      const part = compileExpression(expression.part);
      return (facts) => !part(facts);
    }
    case 'predicate':
      return compilePredicate(expression);
  }
}

function compilePredicate(predicate: Predicate): Condition {
  const { field } = predicate;
  if (field === 'http.path') return pathCondition(predicate);
  switch (fieldType(field, 'http')) {
    case 'integer':
      return integerCondition(predicate);
    case 'address':
      return addressCondition(predicate);
    default:
      return textCondition(predicate);
  }
}

/** Without a value no comparison holds, not even that it is another. */
function textCondition(predicate: Predicate): Condition {
  const { field, any } = predicate;
  const test = textTest(predicate, hasNoCase(field));
  const values = valuesOf(field);
  if (values === null) {
    const value = valueOf(field);
    return (facts) => {
      const text = value(facts);
      return text !== null && test(text);
    };
  }
  if (any) return (facts) => values(facts).some(test);
  return (facts) => {
    const texts = values(facts);
    return texts.length > 0 && texts.every(test);
  };
}

/** Names are compared without regard to case. */
export function hasNoCase(field: string): boolean {
  return field === 'http.host' || field === 'tls.sni';
}

/** All values of a field that may have several; null for another field. */
function valuesOf(field: string): ((facts: Facts) => readonly string[]) | null {
  if (field.startsWith(HEADERS)) {
    const name = headerName(field);
    return (facts) => facts.headerValues(name);
  }
  if (!field.startsWith(QUERIES)) return null;
  const name = field.slice(QUERIES.length);
  return (facts) => facts.argumentValues(name);
}

/** The folded name of the header that a field asks for. */
export function headerName(field: string): string {
  return field.slice(HEADERS.length).toLowerCase().replaceAll('_', '-');
}

function valueOf(field: string): (facts: Facts) => string | null {
  switch (field) {
    case 'net.protocol':
      return (facts) => facts.protocol;
    case 'http.method':
      return (facts) => facts.method;
    case 'http.host':
      return (facts) => facts.host || null;
    case 'tls.sni':
      return (facts) => facts.sni || null;
    default:
      return segmentsOf(field);
  }
}

/** Segments in a row, with slashes between them; null when the path has not so many. */
function segmentsOf(field: string): (facts: Facts) => string | null {
  const range = segmentRange(field);
  if (range === null) throw new TypeError(`${field} is no field of text`);
  const { first, last } = range;
  return ({ segments }) =>
    last < segments.length ? segments.slice(first, last + 1).join('/') : null;
}

function integerCondition({ field, operator, literal }: Predicate): Condition {
  if (literal.type !== 'integer') throw new TypeError(`${operator} is given no integer`);
  const { number } = literal;
  const value = integerOf(field);
  switch (operator) {
    case '==':
      return (facts) => value(facts) === number;
    case '!=':
      return (facts) => value(facts) !== number;
    case '>':
      return (facts) => value(facts) > number;
    case '>=':
      return (facts) => value(facts) >= number;
    case '<':
      return (facts) => value(facts) < number;
    case '<=':
      return (facts) => value(facts) <= number;
    default:
      throw new TypeError(`${operator} does not compare integers`);
  }
}

function integerOf(field: string): (facts: Facts) => number {
  if (field === 'net.src.port') return (facts) => facts.sourcePort;
  if (field === 'net.dst.port') return (facts) => facts.destinationPort;
  return (facts) => facts.segments.length;
}

function addressCondition({ field, operator, literal }: Predicate): Condition {
  const isOf = field === 'net.src.ip' ? sourceOf : destinationOf;
  if (literal.type === 'address') {
    const address = usualForm(literal.address);
    if (operator === '==') return (facts) => isOf(facts) === address;
    return (facts) => isOf(facts) !== address;
  }
  if (literal.type !== 'block') throw new TypeError(`${operator} is given no address`);
  const block = new EndpointCriterion({ ip: literal.block });
  if (operator === 'in') return (facts) => block.accepts(isOf(facts), 0);
  return (facts) => !block.accepts(isOf(facts), 0);
}

function sourceOf(facts: Facts): string {
  return facts.sourceIp;
}

function destinationOf(facts: Facts): string {
  return facts.destinationIp;
}
