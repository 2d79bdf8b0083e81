import { hash, randomBytes, randomUUID } from 'node:crypto';
import type { StoredToken } from '../../store/contract.ts';

/** Fewest characters of a secret that somebody else chose. */
export const SHORTEST_SECRET = 32;

const PREFIX = 'sluice_';

/** A new secret: 256 random bits, recognisable to those who search for secrets that leaked. */
export function newSecret(): string {
  return PREFIX + randomBytes(32).toString('base64url');
}

/** What is kept of a secret. It is random, so it needs no salt and no slow function. */
export function hashOfSecret(secret: string): string {
  return hash('sha256', secret, 'hex');
}

/** What a store keeps of a token. */
export function tokenOf(secret: string, name: string, expiresAt: number | null): StoredToken {
  return {
    id: randomUUID(),
    name,
    hash: hashOfSecret(secret),
    createdAt: Date.now(),
    expiresAt,
    revokedAt: null,
    lastUsedAt: null,
  };
}
