import type { Expression, Predicate } from '../../../entities/expression/expression.ts';
import { HEADERS } from '../../../entities/expression/expression-fields.ts';
import { wireText } from '../path.ts';
import { headerName } from './compile-expression.ts';
import { pathPatternOf } from './path-test.ts';

/**
 * What a request must have for an expression to hold, so that it is looked for among few. Each says
 * enough by itself: one of these values, or nothing is known when it is null.
 */
export interface Needs {
  /** Host patterns as in a route. */
  readonly hosts: readonly string[] | null;
  /** What the path starts with, in wire form. */
  readonly prefixes: readonly string[] | null;
  readonly methods: readonly string[] | null;
  readonly header: { readonly name: string; readonly values: readonly string[] } | null;
  /** Server names, lower-case. */
  readonly snis: readonly string[] | null;
}

export const NO_NEEDS: Needs = {
  hosts: null,
  prefixes: null,
  methods: null,
  header: null,
  snis: null,
};

/** More values than these are not worth a place each. */
const MOST_VALUES = 256;

export function needsOf(expression: Expression): Needs {
  switch (expression.kind) {
    case 'and':
      return expression.parts.map(needsOf).reduce(both);
    case 'or':
      return expression.parts.map(needsOf).reduce(either);
    case 'not':
      return NO_NEEDS;
    case 'predicate':
      return needsOfPredicate(expression);
  }
}

/** Of two that both must be, the one that fewer requests have. */
function both(a: Needs, b: Needs): Needs {
  return {
    hosts: fewer(a.hosts, b.hosts),
    prefixes: longer(a.prefixes, b.prefixes),
    methods: fewer(a.methods, b.methods),
    header: a.header ?? b.header,
    snis: fewer(a.snis, b.snis),
  };
}

function either(a: Needs, b: Needs): Needs {
  const header =
    a.header !== null && a.header.name === b.header?.name
      ? joined(a.header.values, b.header.values)
      : null;
  return {
    hosts: joined(a.hosts, b.hosts),
    prefixes: joined(a.prefixes, b.prefixes),
    methods: joined(a.methods, b.methods),
    header: header === null ? null : { name: a.header!.name, values: header },
    snis: joined(a.snis, b.snis),
  };
}

type Values = readonly string[] | null;

function joined(a: Values, b: Values): Values {
  if (a === null || b === null) return null;
  const all = [...new Set([...a, ...b])];
  return all.length > MOST_VALUES ? null : all;
}

function fewer(a: Values, b: Values): Values {
  if (a === null || b === null) return a ?? b;
  return b.length < a.length ? b : a;
}

function longer(a: Values, b: Values): Values {
  if (a === null || b === null) return a ?? b;
  const shortest = (texts: readonly string[]): number =>
    Math.min(...texts.map(({ length }) => length));
  return shortest(b) > shortest(a) ? b : a;
}

function needsOfPredicate(predicate: Predicate): Needs {
  const { field, operator, literal, lower } = predicate;
  if (literal.type !== 'text') return NO_NEEDS;
  const { text } = literal;
  if (field === 'http.host') return { ...NO_NEEDS, hosts: hostPatterns(operator, text) };
  if (field === 'tls.sni') {
    return operator === '==' ? { ...NO_NEEDS, snis: [text.toLowerCase()] } : NO_NEEDS;
  }
  // Any case may become the lower one.
  if (lower) return NO_NEEDS;
  if (field === 'http.path') return { ...NO_NEEDS, prefixes: pathPrefixes(operator, text) };
  if (operator !== '==') return NO_NEEDS;
  if (field === 'http.method') return { ...NO_NEEDS, methods: [text] };
  if (!field.startsWith(HEADERS)) return NO_NEEDS;
  return { ...NO_NEEDS, header: { name: headerName(field), values: [text] } };
}

/** Names that mean themselves as a host pattern: without port and wildcard. */
const PLAIN_NAME = /^[^:*[\]]+$/;

function hostPatterns(operator: Predicate['operator'], text: string): Values {
  if (!PLAIN_NAME.test(text)) return null;
  if (operator === '==') return [text];
  // Wildcards stand for whole labels.
  if (operator === '=^' && text.startsWith('.')) return [`*${text}`];
  if (operator === '^=' && text.endsWith('.')) return [`${text}*`];
  return null;
}

function pathPrefixes(operator: Predicate['operator'], text: string): Values {
  if (operator === '==' || operator === '^=') return [wireText(text)];
  if (operator !== '~') return null;
  const { literalPrefix } = pathPatternOf(text).pattern;
  return literalPrefix === '' ? null : [literalPrefix];
}
