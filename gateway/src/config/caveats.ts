import type { EntityTables } from '../entities/tables.ts';
import { caveat, type Caveat } from './caveat.ts';

/**
 * What of a configuration is served, but not as its author may expect.
 *
 * @param takesTls whether clients can come with TLS; taken for granted where nobody knows
 */
export function caveatsOf({ routes }: EntityTables, takesTls = true): Caveat[] {
  const all = [...routes.values()];
  const encrypted = (takesTls ? [] : all).filter(
    ({ protocols }) => protocols.includes('https') && !protocols.includes('http'),
  );
  const patterns = all.filter(({ paths }) => paths?.some(looksLikePattern) === true);
  return [
    caveat('routes', encrypted, {
      subject: 'routes.protocols: https alone',
      what: 'no listener takes TLS',
      effect:
        'answers 426 or a redirect, unless a trusted proxy in front says X-Forwarded-Proto: https',
    }),
    caveat('routes', patterns, {
      subject: 'routes.paths: like a regular expression, without ~',
      what: 'since 3.0 regular expressions begin with ~',
      effect: 'has a path that looks like one and is taken letter by letter',
    }),
  ].filter((found) => found !== undefined);
}

/** Signs that are rare in a path and common in an expression. */
function looksLikePattern(path: string): boolean {
  return !path.startsWith('~') && /[\\()[\]^|*]|\.\+|\$$/.test(path);
}
