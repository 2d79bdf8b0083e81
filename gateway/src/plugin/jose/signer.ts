import { signatureFits } from './algorithms.ts';
import type { PublicKey } from './jwk.ts';
import { RemoteKeys } from './remote-keys.ts';
import { claimOf, type Token } from './token.ts';

/** The key set cannot be read, so of the token nothing can be said. */
export const NO_KEYS = Symbol('no keys');

/** The key that a token was signed with; null where it is none of the issuer's. */
export type Signer = PublicKey | null | typeof NO_KEYS;

/**
 * Looks for the key that has signed a token among those that its issuer publishes, in one set or several.
 * They are read where there are none yet, and again where the token names one that is not known.
 */
export function signerOf(
  sets: RemoteKeys | readonly RemoteKeys[],
  token: Token,
): Signer | Promise<Signer> {
  const all = sets instanceof RemoteKeys ? [sets] : sets;
  const known = signerAmong(all, token);
  if (known !== undefined) return known;
  const refreshes = all.flatMap((keys) => keys.refresh() ?? []);
  if (refreshes.length === 0) return withoutKey(all);
  return Promise.all(refreshes).then(() => signerAmong(all, token) ?? withoutKey(all));
}

/** The key that fits, null where there are only others of that name, undefined where there is none. */
function signerAmong(sets: readonly RemoteKeys[], token: Token): PublicKey | null | undefined {
  let named: null | undefined;
  for (const keys of sets) {
    const key = keyNamedBy(token, keys);
    if (key === undefined) continue;
    if (isSigner(key, token)) return key;
    named = null;
  }
  return named;
}

function keyNamedBy({ header, algorithm }: Token, keys: RemoteKeys): PublicKey | undefined {
  const id = claimOf(header, 'kid');
  if (id !== undefined && typeof id !== 'string') return undefined;
  return keys.find(id ?? null, algorithm);
}

function isSigner(key: PublicKey, { algorithm, signed, signature }: Token): boolean {
  return signatureFits(algorithm, key.key, signed, signature);
}

/** A set that cannot be read may have the key. */
function withoutKey(sets: readonly RemoteKeys[]): null | typeof NO_KEYS {
  return sets.every((keys) => keys.usable) ? null : NO_KEYS;
}
