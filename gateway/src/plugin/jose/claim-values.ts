import { claimOf, type Claims } from './token.ts';

/** The claim that a path leads to, through claims that are objects; undefined where it leads nowhere. */
export function claimAt(claims: Claims, path: readonly string[]): unknown {
  let value: unknown = claims;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    value = claimOf(value as Claims, name);
  }
  return path.length === 0 ? undefined : value;
}

/** What a claim names; null where it is no name. */
export function nameIn(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}

/** What a claim lists, be it a list or a text with spaces in between. */
export function namesIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.split(' ').filter((name) => name !== '');
  if (!Array.isArray(value)) return [];
  return value.filter((name): name is string => typeof name === 'string' && name !== '');
}
