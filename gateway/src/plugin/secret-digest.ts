import { hash, randomBytes } from 'node:crypto';
import { inOnePiece } from '../in-one-piece.ts';

/** Of this thread alone: what was digested means nothing outside of it, and cannot be tried out. */
const key = randomBytes(32).toString('base64');

/**
 * A text under which something can be kept that depends on a secret, without keeping the secret. Two
 * texts have the same digest only if they are the same.
 */
export function secretDigest(secret: string): string {
  return hash('sha256', key + secret, 'base64');
}

/** How long a secret is at hand after its digest was made, ms: about as long as its request is. */
const AT_HAND = 1000;
/** Characters at hand, of all scopes of this thread; an entry counts with what it takes beside. */
const MOST_CHARACTERS = 2_000_000;
const ENTRY = 100;

/** Those of which something is at hand. */
const holding = new Set<SecretDigests>();
let characters = 0;

/**
 * Digests of secrets that come with requests, each for one scope: the same secret has another digest
 * in another scope.
 *
 * A secret that comes many times a second is digested once in it. Meanwhile it is at hand itself,
 * which tells nobody more than the heads of requests do that are in memory as well. When there is no
 * more room, further secrets are digested each time: whoever tries many displaces nobody's.
 */
export class SecretDigests {
  readonly #scope: string;
  readonly #atHand = new Map<string, string>();

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
    const size = secret.length + ENTRY;
    if (characters + size > MOST_CHARACTERS) return digest;
    if (holding.size === 0) setTimeout(forgetAll, AT_HAND).unref();
    holding.add(this);
    characters += size;
    // By itself: as a part of the head that it came in it would keep all of that.
    this.#atHand.set(inOnePiece(secret, 'utf8'), digest);
    return digest;
  }
}

function forgetAll(): void {
  for (const digests of holding) digests.clear();
  holding.clear();
  characters = 0;
}
