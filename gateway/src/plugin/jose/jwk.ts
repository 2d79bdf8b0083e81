import { createPublicKey, type KeyObject } from 'node:crypto';
import { isAlgorithm, keyFits, PUBLIC_KEY_ALGORITHMS, type Algorithm } from './algorithms.ts';

/** A public key that signatures of tokens may be verified with. */
export interface PublicKey {
  /** What it was made of; the same text means the same key. */
  readonly source: string;
  readonly id: string | null;
  readonly key: KeyObject;
  readonly algorithms: ReadonlySet<Algorithm>;
}

/** Longer ones would take ms of the event loop for each signature. */
const MOST_RSA_BITS = 8192;
const FEWEST_RSA_BITS = 2048;
const MOST_KEYS = 100;

/**
 * The keys of a JSON Web Key Set (RFC 7517) that tokens can be verified with. Others in it are for
 * other purposes, or of kinds that are not known here, and are passed over; secrets are never taken.
 *
 * @throws Error when it is no key set, or holds no such key
 */
export function publicKeysIn(set: unknown): PublicKey[] {
  const list = (set as { readonly keys?: unknown } | null)?.keys;
  if (!Array.isArray(list)) throw new Error('what was answered is no JSON Web Key Set');
  const keys = list
    .slice(0, MOST_KEYS)
    .map(publicKeyOf)
    .filter((key) => key !== null);
  if (keys.length === 0) throw new Error('there is no key for signatures in the key set');
  return keys;
}

function publicKeyOf(jwk: unknown): PublicKey | null {
  if (typeof jwk !== 'object' || jwk === null) return null;
  const { kty, use, key_ops: operations, alg, kid } = jwk as Readonly<Record<string, unknown>>;
  if (kty !== 'RSA' && kty !== 'EC' && kty !== 'OKP') return null;
  if (use !== undefined && use !== 'sig') return null;
  if (Array.isArray(operations) && !operations.includes('verify')) return null;
  const key = imported(jwk);
  if (key === null || !isOfFairLength(key)) return null;
  const possible = PUBLIC_KEY_ALGORITHMS.filter((name) => keyFits(name, key));
  const algorithms = alg === undefined ? possible : possible.filter((name) => name === alg);
  if (algorithms.length === 0 || (alg !== undefined && !isAlgorithm(alg))) return null;
  const id = typeof kid === 'string' ? kid : null;
  return { source: JSON.stringify(jwk), id, key, algorithms: new Set(algorithms) };
}

function imported(jwk: object): KeyObject | null {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    return null;
  }
}

function isOfFairLength({ asymmetricKeyDetails }: KeyObject): boolean {
  const bits = asymmetricKeyDetails?.modulusLength;
  return bits === undefined || (bits >= FEWEST_RSA_BITS && bits <= MOST_RSA_BITS);
}
