import { f, type Shorthand } from './schema/field.ts';

const longest = 100_000_000;

/** What is wrong with a time to live, in Kong's words, or undefined. */
export function ttlProblem(ttl: unknown): string | undefined {
  const isRight = Number.isInteger(ttl) && Number(ttl) >= 0 && Number(ttl) <= longest;
  return isRight ? undefined : `must be an integer between 0 and ${longest}`;
}

/**
 * Clients say and see how long something still counts, s; what is kept is until when. 0 is for
 * ever, as null is.
 */
export const timeToLive: Shorthand = {
  field: f.number({ check: ttlProblem }),
  translate: (ttl: number) => ({
    expires_at: ttl === 0 ? null : Math.floor(Date.now() / 1000) + ttl,
  }),
};

/**
 * How long something still counts, s; null for ever.
 *
 * @param expiresAt s since the epoch
 * @param now ms since the epoch
 */
export function remainingTime(expiresAt: unknown, now: number): number | null {
  return typeof expiresAt === 'number' ? Math.max(0, Math.ceil(expiresAt - now / 1000)) : null;
}
