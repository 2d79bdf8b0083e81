import { X509Certificate } from 'node:crypto';
import type { KeyPair } from '../../snapshot/messages.ts';

/**
 * Of the pairs of one server, the one that a client can check. Node hands a single pair to a handshake
 * that has begun, so the choice cannot be left to OpenSSL.
 *
 * @param algorithms by which the client takes signatures and this side can make them, in the words of
 *   OpenSSL: `RSA-PSS+SHA256`, `ECDSA+SHA256`, `Ed25519`
 * @returns of several that it can check, one that does not need RSA, which is slow; the first if there
 *   is none that it can
 */
export function choosePair<T extends { readonly keyType: string }>(
  pairs: readonly T[],
  algorithms: readonly string[],
): T | undefined {
  const fitting = pairs.filter(({ keyType }) => algorithms.some((one) => isBy(one, keyType)));
  return fitting.find(({ keyType }) => keyType !== RSA) ?? fitting[0] ?? pairs[0];
}

const RSA = 'rsa';

const beginnings: Readonly<Record<string, string>> = { [RSA]: 'rsa', ec: 'ecdsa' };

function isBy(algorithm: string, keyType: string): boolean {
  return algorithm.toLowerCase().startsWith(beginnings[keyType] ?? keyType);
}

/** `rsa`, `ec`, `ed25519`. @throws Error when it is no certificate */
export function keyTypeOf({ cert }: KeyPair): string {
  return new X509Certificate(cert).publicKey.asymmetricKeyType ?? 'unknown';
}
