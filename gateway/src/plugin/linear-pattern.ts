import type { RE2JS } from 're2js';
import { isPattern } from '../entities/schema/checks.ts';
import { compileRegex, regexProblem } from '../entities/schema/regex.ts';

/** A regular expression of an operator's, in time linear in the text that it is tried on. */
export type LinearPattern = Pick<RE2JS, 'test'>;

/**
 * Compiles an expression that is to be found anywhere in a text.
 *
 * @throws Error when `unfitPattern` has something to say about it
 */
export function linearPattern(source: string): LinearPattern {
  return compileRegex(source);
}

/** Compiles an expression that is to fit a text as a whole, with all its alternatives. */
export function wholePattern(source: string): LinearPattern {
  return compileRegex(`^(?:${source})$`);
}

/**
 * What keeps an expression from being used, or undefined. Kong takes some more: look-around and
 * back-references, with which a text that a client chooses can keep a thread busy for minutes.
 *
 * @param invalid what Kong says of an expression that it cannot compile
 */
export function unfitPattern(source: string, invalid: string): string | undefined {
  const problem = regexProblem(source);
  if (problem === undefined) return undefined;
  if (!isPattern(source)) return invalid;
  return `cannot be matched in bounded time, without look-around and back-references: ${source} (${problem})`;
}
