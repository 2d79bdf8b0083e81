import type { StoredToken } from './contract.ts';

/** Whether a token lets its holder in at this time, ms since the epoch. */
export function isInForce({ revokedAt, expiresAt }: StoredToken, now: number): boolean {
  return revokedAt === null && (expiresAt === null || expiresAt > now);
}
