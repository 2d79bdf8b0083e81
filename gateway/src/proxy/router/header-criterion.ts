import type { RE2JS } from 're2js';
import { compileRegex } from '../../entities/schema/regex.ts';
import { isAscii } from './path.ts';

/** What a route wants of one header field: any of the values or expressions in any of its lines. */
export class HeaderCriterion {
  /** Folded: lower-case, `-` for `_`. */
  readonly name: string;
  /** Lower-cased. */
  readonly values: readonly string[];
  private readonly sources: readonly string[];
  /** Compiled when first needed. */
  private patterns: readonly RE2JS[] | null = null;

  /** @param values as in the route; those that start with `~*` are regular expressions */
  constructor(name: string, values: readonly string[]) {
    this.name = name.toLowerCase().replaceAll('_', '-');
    this.values = values.filter((value) => !isPattern(value)).map((value) => value.toLowerCase());
    this.sources = values.filter(isPattern).map((value) => value.slice(PATTERN_MARK.length));
  }

  /** Whether equality with one of `values` decides alone. */
  get isExact(): boolean {
    return this.sources.length === 0;
  }

  /** @param lines values of the field as `headerText` gives them */
  accepts(lines: readonly string[]): boolean {
    for (const line of lines) if (this.values.includes(line)) return true;
    if (this.sources.length === 0 || lines.length === 0) return false;
    this.patterns ??= this.sources.map((source) => compileRegex(`(?i:${source})`));
    for (const pattern of this.patterns) {
      for (const line of lines) if (pattern.test(line)) return true;
    }
    return false;
  }
}

const PATTERN_MARK = '~*';

function isPattern(value: string): boolean {
  return value.startsWith(PATTERN_MARK);
}

/** A field's value as criteria compare it: text in lower case, made from bytes, one character each. */
export function headerText(value: string): string {
  const text = isAscii(value) ? value : Buffer.from(value, 'latin1').toString('utf8');
  return text.toLowerCase();
}
