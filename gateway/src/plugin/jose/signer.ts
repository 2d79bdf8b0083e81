import { signatureFits } from './algorithms.ts';
import type { PublicKey } from './jwk.ts';
import type { RemoteKeys } from './remote-keys.ts';
import { claimOf, type Token } from './token.ts';

/** The key set cannot be read, so of the token nothing can be said. */
export const NO_KEYS = Symbol('no keys');

/** The key that a token was signed with; null where it is none of the issuer's. */
export type Signer = PublicKey | null | typeof NO_KEYS;

/**
 * Looks for the key that has signed a token among those that its issuer publishes. They are read
 * where there are none yet, and again where the token names one that is not known.
 */
export function signerOf(keys: RemoteKeys, token: Token): Signer | Promise<Signer> {
  const key = keyNamedBy(token, keys);
  if (key !== undefined) return verified(key, token);
  const refresh = keys.refresh();
  if (refresh === null) return withoutKey(keys);
  return refresh.then(() => {
    const found = keyNamedBy(token, keys);
    return found === undefined ? withoutKey(keys) : verified(found, token);
  });
}

function keyNamedBy({ header, algorithm }: Token, keys: RemoteKeys): PublicKey | undefined {
  const id = claimOf(header, 'kid');
  if (id !== undefined && typeof id !== 'string') return undefined;
  return keys.find(id ?? null, algorithm);
}

function verified(key: PublicKey, { algorithm, signed, signature }: Token): PublicKey | null {
  return signatureFits(algorithm, key.key, signed, signature) ? key : null;
}

function withoutKey(keys: RemoteKeys): null | typeof NO_KEYS {
  return keys.usable ? null : NO_KEYS;
}
