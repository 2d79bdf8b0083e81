import { constants, createHmac, sign, timingSafeEqual, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

type Rule =
  | { readonly kind: 'secret' | 'rsa' | 'pss'; readonly hash: string }
  /** `size` is that of a signature, in bytes. */
  | { readonly kind: 'ec'; readonly hash: string; readonly curve: string; readonly size: number }
  | { readonly kind: 'ed' };

/** The signature algorithms of RFC 7518 and RFC 8037. `none` is not among them, and never will be. */
const RULES = {
  HS256: { kind: 'secret', hash: 'sha256' },
  HS384: { kind: 'secret', hash: 'sha384' },
  HS512: { kind: 'secret', hash: 'sha512' },
  RS256: { kind: 'rsa', hash: 'sha256' },
  RS384: { kind: 'rsa', hash: 'sha384' },
  RS512: { kind: 'rsa', hash: 'sha512' },
  PS256: { kind: 'pss', hash: 'sha256' },
  PS384: { kind: 'pss', hash: 'sha384' },
  PS512: { kind: 'pss', hash: 'sha512' },
  ES256: { kind: 'ec', hash: 'sha256', curve: 'prime256v1', size: 64 },
  ES384: { kind: 'ec', hash: 'sha384', curve: 'secp384r1', size: 96 },
  ES512: { kind: 'ec', hash: 'sha512', curve: 'secp521r1', size: 132 },
  EdDSA: { kind: 'ed' },
} as const satisfies Readonly<Record<string, Rule>>;

export type Algorithm = keyof typeof RULES;

export const ALGORITHMS = Object.keys(RULES) as Algorithm[];

/** Those that need no secret to verify. */
export const PUBLIC_KEY_ALGORITHMS = ALGORITHMS.filter((name) => RULES[name].kind !== 'secret');

export function isAlgorithm(name: unknown): name is Algorithm {
  return typeof name === 'string' && Object.hasOwn(RULES, name);
}

/** Whether a key is of the kind that an algorithm is for: no other may verify with it. */
export function keyFits(algorithm: Algorithm, key: KeyObject): boolean {
  const rule: Rule = RULES[algorithm];
  const type = key.asymmetricKeyType;
  switch (rule.kind) {
    case 'secret':
      return key.type === 'secret';
    case 'rsa':
      return type === 'rsa';
    case 'pss':
      return type === 'rsa' || type === 'rsa-pss';
    case 'ec':
      return type === 'ec' && key.asymmetricKeyDetails?.namedCurve === rule.curve;
    case 'ed':
      return type === 'ed25519' || type === 'ed448';
  }
}

/**
 * Whether a signature is right.
 *
 * @param key one that fits the algorithm
 * @param text what was signed, ASCII
 */
export function signatureFits(
  algorithm: Algorithm,
  key: KeyObject,
  text: string,
  signature: Buffer,
): boolean {
  const rule: Rule = RULES[algorithm];
  if (rule.kind === 'secret') {
    const expected = createHmac(rule.hash, key).update(text, 'latin1').digest();
    return signature.length === expected.length && timingSafeEqual(signature, expected);
  }
  const data = Buffer.from(text, 'latin1');
  switch (rule.kind) {
    case 'rsa':
      return verify(rule.hash, data, key, signature);
    case 'pss': {
      const padding = constants.RSA_PKCS1_PSS_PADDING;
      const saltLength = constants.RSA_PSS_SALTLEN_DIGEST;
      return verify(rule.hash, data, { key, padding, saltLength }, signature);
    }
    case 'ec':
      if (signature.length !== rule.size) return false;
      return verify(rule.hash, data, { key, dsaEncoding: 'ieee-p1363' }, signature);
    case 'ed':
      return verify(null, data, key, signature);
  }
}

/**
 * The signature of a text.
 *
 * @param key a secret or private key that fits the algorithm
 * @param text to sign; each character is a byte
 */
export function signatureOf(algorithm: Algorithm, key: KeyObject, text: string): Buffer {
  const rule: Rule = RULES[algorithm];
  if (rule.kind === 'secret') return createHmac(rule.hash, key).update(text, 'latin1').digest();
  const data = Buffer.from(text, 'latin1');
  switch (rule.kind) {
    case 'rsa':
      return sign(rule.hash, data, key);
    case 'pss': {
      const padding = constants.RSA_PKCS1_PSS_PADDING;
      return sign(rule.hash, data, { key, padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST });
    }
    case 'ec':
      return sign(rule.hash, data, { key, dsaEncoding: 'ieee-p1363' });
    case 'ed':
      return sign(null, data, key);
  }
}
