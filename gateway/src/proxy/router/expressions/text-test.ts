import type { RE2JS } from 're2js';
import type { Predicate } from '../../../entities/expression/expression.ts';
import { compileRegex } from '../../../entities/schema/regex.ts';
import { isAscii, wireText } from '../path.ts';

/** Whether one text of a request fits. */
export type TextTest = (text: string) => boolean;

/**
 * The test of a predicate on text.
 *
 * @param ignoresCase texts come in lower case, and so the literal is taken
 */
export function textTest(predicate: Predicate, ignoresCase: boolean): TextTest {
  const { operator, literal, lower } = predicate;
  if (literal.type !== 'text') throw new TypeError(`${operator} is given no text`);
  const test = plainTest(operator, literal.text, ignoresCase);
  return lower && !ignoresCase ? (text) => test(lowerCase(text)) : test;
}

function plainTest(
  operator: Predicate['operator'],
  written: string,
  ignoresCase: boolean,
): TextTest {
  if (operator === '~') return patternTest(ignoresCase ? `(?i:${written})` : written);
  const literal = wireText(ignoresCase ? written.toLowerCase() : written);
  switch (operator) {
    case '==':
      return (text) => text === literal;
    case '!=':
      return (text) => text !== literal;
    case '^=':
      return (text) => text.startsWith(literal);
    case '=^':
      return (text) => text.endsWith(literal);
    case 'contains':
      return (text) => text.includes(literal);
    default:
      throw new TypeError(`${operator} does not compare texts`);
  }
}

/** Runs in linear time, whatever the expression. Compiled by its first use. */
function patternTest(source: string): TextTest {
  let pattern: RE2JS | null = null;
  return (text) => {
    pattern ??= compileRegex(source);
    // The expression means characters where the text holds bytes.
    return pattern.test(isAscii(text) ? text : Buffer.from(text, 'latin1'));
  };
}

/** Text on the wire in lower case. */
export function lowerCase(text: string): string {
  if (isAscii(text)) return text.toLowerCase();
  return wireText(Buffer.from(text, 'latin1').toString('utf8').toLowerCase());
}
