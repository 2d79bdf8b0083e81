import type { Predicate } from '../../../entities/expression/expression.ts';
import { isAscii } from '../path.ts';
import { PathPattern } from '../path-pattern.ts';
import type { Condition } from './facts.ts';
import { lowerCase, textTest } from './text-test.ts';

/** A condition on the path. Those that say how it begins also say what of it may be stripped. */
export function pathCondition(predicate: Predicate): Condition {
  const { operator, literal, lower } = predicate;
  if (literal.type === 'text' && operator === '~') return patternCondition(literal.text, lower);
  const test = textTest(predicate, false);
  if (operator === '==') return (facts) => test(facts.path) && kept(facts, facts.path.length);
  if (operator === '^=' && literal.type === 'text') {
    const { length } = Buffer.from(literal.text);
    return (facts) => test(facts.path) && kept(facts, length);
  }
  return (facts) => test(facts.path);
}

function kept(facts: Parameters<Condition>[0], length: number): true {
  facts.keepMatch(length, null);
  return true;
}

function patternCondition(source: string, lower: boolean): Condition {
  const { pattern, isAnchored } = pathPatternOf(source);
  return (facts) => {
    const path = lower ? lowerCase(facts.path) : facts.path;
    const length = pattern.matchLength(path, isAscii(path));
    if (length === -1) return false;
    // What matches somewhere within the path is nothing to be stripped from its start.
    facts.keepMatch(isAnchored ? length : 0, pattern);
    return true;
  };
}

export interface FoundPattern {
  readonly pattern: PathPattern;
  /** It can only match at the start of a path. */
  readonly isAnchored: boolean;
}

/** The pattern that matches where the expression does, which may be anywhere in the path. */
export function pathPatternOf(source: string): FoundPattern {
  // With alternatives the mark may belong to the first of them only, and it may be repeated.
  const isAnchored = /^\^(?![*+?{])/.test(source) && !source.includes('|');
  const text = isAnchored ? source.slice(1) : `(?s:.*?)(?:${source})`;
  return { pattern: new PathPattern(text), isAnchored };
}
