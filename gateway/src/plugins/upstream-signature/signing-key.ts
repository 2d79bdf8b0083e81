import { createPrivateKey, createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import { keyFits, signatureOf, type Algorithm } from '../../plugin/jose/algorithms.ts';
import type { PublishedKey } from '../../plugin/plugin.ts';

/** Algorithms that tokens and signatures are made with. */
export const SIGNING_ALGORITHMS = [
  'ES256',
  'ES384',
  'EdDSA',
  'PS512',
  'RS256',
  'HS256',
] as const satisfies readonly Algorithm[];

export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

/** A key as it is configured. */
export interface KeySettings {
  readonly id: string;
  readonly algorithm: SigningAlgorithm;
  readonly private_key: string | null;
  readonly secret: string | null;
}

const FEWEST_RSA_BITS = 2048;

/** A key of the gateway. */
export class SigningKey {
  readonly id: string;
  readonly algorithm: SigningAlgorithm;
  readonly #key: KeyObject;

  /** @throws Error that says why the key cannot be used */
  constructor({ id, algorithm, private_key: pem, secret }: KeySettings) {
    this.id = id;
    this.algorithm = algorithm;
    this.#key = algorithm === 'HS256' ? secretKey(secret) : privateKey(pem);
    if (!keyFits(algorithm, this.#key)) throw new Error(`is no key for ${algorithm}`);
    const bits = this.#key.asymmetricKeyDetails?.modulusLength ?? FEWEST_RSA_BITS;
    if (bits < FEWEST_RSA_BITS) throw new Error(`must have ${FEWEST_RSA_BITS} bits at least`);
  }

  sign(text: string): Buffer {
    return signatureOf(this.algorithm, this.#key, text);
  }

  /** What services verify with; null for a secret, which they have to be given. */
  get published(): PublishedKey | null {
    if (this.#key.type === 'secret') return null;
    const jwk = createPublicKey(this.#key).export({ format: 'jwk' });
    return { ...jwk, kid: this.id, alg: this.algorithm, use: 'sig' };
  }
}

function privateKey(pem: string | null): KeyObject {
  try {
    return createPrivateKey(pem ?? '');
  } catch {
    throw new Error('is no private key in PEM, or one with a passphrase');
  }
}

function secretKey(secret: string | null): KeyObject {
  return createSecretKey(Buffer.from(secret ?? ''));
}
