import { constants, createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { Algorithm } from '../algorithms.ts';

/** A key pair for each kind of algorithm. */
export const pairs = {
  rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  p256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  p384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  p521: generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  ed25519: generateKeyPairSync('ed25519'),
};

export type Pair = (typeof pairs)[keyof typeof pairs];

/** The pair that an algorithm is used with here; none for `HS*`. */
export function pairFor(algorithm: Algorithm): Pair {
  if (algorithm === 'EdDSA') return pairs.ed25519;
  if (algorithm.startsWith('ES')) {
    return { ES256: pairs.p256, ES384: pairs.p384 }[algorithm as string] ?? pairs.p521;
  }
  return pairs.rsa;
}

export function pemOf({ publicKey }: { readonly publicKey: KeyObject }): string {
  return publicKey.export({ type: 'spki', format: 'pem' }).toString();
}

const encoded = (value: unknown): string =>
  Buffer.from(JSON.stringify(value)).toString('base64url');

/**
 * A token, signed as its algorithm says.
 *
 * @param key secret of `HS*`, private key of all others
 * @param header further fields, which may contradict the algorithm
 */
export function tokenOf(
  algorithm: Algorithm,
  key: KeyObject | string,
  claims: unknown,
  header: object = {},
): string {
  const text = `${encoded({ typ: 'JWT', alg: algorithm, ...header })}.${encoded(claims)}`;
  return `${text}.${signatureOf(algorithm, key, text).toString('base64url')}`;
}

function signatureOf(algorithm: Algorithm, key: KeyObject | string, text: string): Buffer {
  const hash = `sha${algorithm.slice(2)}`;
  if (algorithm.startsWith('HS')) return createHmac(hash, key).update(text).digest();
  const data = Buffer.from(text);
  const privateKey = key as KeyObject;
  if (algorithm === 'EdDSA') return sign(null, data, privateKey);
  if (algorithm.startsWith('ES'))
    return sign(hash, data, { key: privateKey, dsaEncoding: 'ieee-p1363' });
  if (algorithm.startsWith('RS')) return sign(hash, data, privateKey);
  return sign(hash, data, {
    key: privateKey,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  });
}
