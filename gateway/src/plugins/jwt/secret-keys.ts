import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import { isAlgorithm, keyFits, type Algorithm } from '../../plugin/jose/algorithms.ts';
import { bytesIn } from '../../plugin/jose/token.ts';
import type { CredentialInfo } from '../../plugin/plugin.ts';

/** A `jwt_secrets` entity as threads know it. */
export interface JwtCredential extends CredentialInfo {
  readonly secret?: string;
  readonly rsa_public_key?: string;
  readonly algorithm?: string;
}

const plainKeys = new WeakMap<CredentialInfo, KeyObject>();
const base64Keys = new WeakMap<CredentialInfo, KeyObject>();

export function algorithmOf({ algorithm = 'HS256' }: JwtCredential): string {
  return algorithm;
}

/**
 * The key that tokens of a credential are verified with: its secret for `HS*`, its public key for all
 * others, whatever a token says. Made once for each credential.
 *
 * @returns null where there is no key for its algorithm
 */
export function keyOf(credential: JwtCredential, secretIsBase64: boolean): KeyObject | null {
  const known = secretIsBase64 ? base64Keys : plainKeys;
  const found = known.get(credential);
  if (found !== undefined) return found;
  const algorithm = algorithmOf(credential);
  if (!isAlgorithm(algorithm)) return null;
  const key = made(credential, algorithm, secretIsBase64);
  if (key === null || !keyFits(algorithm, key)) return null;
  known.set(credential, key);
  return key;
}

function made(
  { secret, rsa_public_key: pem }: JwtCredential,
  algorithm: Algorithm,
  secretIsBase64: boolean,
): KeyObject | null {
  if (algorithm.startsWith('HS')) {
    const bytes = secretIsBase64 ? bytesIn(secret ?? '') : Buffer.from(secret ?? '');
    return bytes === null || bytes.length === 0 ? null : createSecretKey(bytes);
  }
  try {
    return createPublicKey(pem ?? '');
  } catch {
    // Validated when it was stored; a store may hold what was written past that.
    return null;
  }
}
