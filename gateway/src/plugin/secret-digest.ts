import { hash, randomBytes } from 'node:crypto';
import { AtHand, Room } from './at-hand.ts';

/** Of this thread alone: what was digested means nothing outside of it, and cannot be tried out. */
const key = randomBytes(32).toString('base64');

/**
 * A text under which something can be kept that depends on a secret, without keeping the secret. Two
 * texts have the same digest only if they are the same.
 */
export function secretDigest(secret: string): string {
  return hash('sha256', key + secret, 'base64');
}

/** A secret is at hand for about as long as its request is. */
const room = new Room(1000, 2_000_000);

/**
 * Digests of secrets that come with requests, each for one scope: the same secret has another digest
 * in another scope. A secret that comes many times a second is digested once in it.
 */
export class SecretDigests {
  readonly #scope: string;
  readonly #atHand = new AtHand<string>(room);

  /** @param scope what the meaning of the secrets depends on; may be secret as well */
  constructor(scope: string) {
    this.#scope = secretDigest(scope);
  }

  /** Secrets at hand. */
  get size(): number {
    return this.#atHand.size;
  }

  of(secret: string): string {
    return this.#atHand.get(secret) ?? this.#make(secret);
  }

  /** Forgets all secrets. */
  clear(): void {
    this.#atHand.clear();
  }

  #make(secret: string): string {
    const digest = secretDigest(this.#scope + secret);
    this.#atHand.set(secret, digest);
    return digest;
  }
}
