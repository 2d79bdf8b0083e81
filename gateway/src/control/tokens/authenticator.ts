import { timingSafeEqual } from 'node:crypto';
import { StoreUnavailable, type StoredToken, type TokenStore } from '../../store/contract.ts';
import { isInForce } from '../../store/in-force.ts';
import { hashOfSecret } from './secret.ts';

/** Whose token it is. */
export interface TokenHolder {
  readonly tokenId: string;
  readonly name: string;
}

/** How long what the store said of a token is believed, ms: a revoked one works no longer than this. */
const BELIEVED = 1000;

/** How often the use of a token is written down, ms. */
const TOUCH_EVERY = 60_000;

/** Most tokens that are remembered, used ones and wrong ones. */
const MOST_REMEMBERED = 1000;

interface Remembered {
  readonly token: StoredToken | undefined;
  readonly readAt: number;
}

/**
 * Finds out whose token a secret is. The store is asked about each token once a second at most. While
 * the store is away, tokens that it knew when it was last asked go on being good.
 */
export class Authenticator {
  readonly #tokens: TokenStore;
  readonly #now: () => number;
  readonly #remembered = new Map<string, Remembered>();
  readonly #asked = new Map<string, Promise<StoredToken | undefined>>();
  readonly #touchedAt = new Map<string, number>();

  /** @param now ms since the epoch */
  constructor(tokens: TokenStore, now: () => number = Date.now) {
    this.#tokens = tokens;
    this.#now = now;
  }

  /**
   * @returns undefined when it is nobody's, or that of a token that was revoked or has expired
   * @throws StoreUnavailable when the store is away and the token was not known before
   */
  async authenticate(secret: string): Promise<TokenHolder | undefined> {
    const hash = hashOfSecret(secret);
    const token = await this.#find(hash);
    if (token === undefined || !isSame(token.hash, hash)) return undefined;
    const now = this.#now();
    if (!isInForce(token, now)) return undefined;
    this.#touch(token.id, now);
    return { tokenId: token.id, name: token.name };
  }

  async #find(hash: string): Promise<StoredToken | undefined> {
    const known = this.#remembered.get(hash);
    if (known !== undefined && Math.abs(this.#now() - known.readAt) < BELIEVED) return known.token;
    try {
      const token = await this.#ask(hash);
      this.#remember(hash, { token, readAt: this.#now() });
      return token;
    } catch (error) {
      if (error instanceof StoreUnavailable && known?.token !== undefined) return known.token;
      throw error;
    }
  }

  /** Requests that come together ask once. */
  #ask(hash: string): Promise<StoredToken | undefined> {
    let asked = this.#asked.get(hash);
    if (asked === undefined) {
      asked = this.#tokens.byHash(hash).finally(() => this.#asked.delete(hash));
      this.#asked.set(hash, asked);
    }
    return asked;
  }

  #remember(hash: string, remembered: Remembered): void {
    this.#remembered.delete(hash);
    this.#remembered.set(hash, remembered);
    if (this.#remembered.size <= MOST_REMEMBERED) return;
    // Guesses must not push out what is used: of the wrong ones the oldest goes first.
    for (const [other, { token }] of this.#remembered) {
      if (token !== undefined) continue;
      this.#remembered.delete(other);
      return;
    }
    const [oldest] = this.#remembered.keys();
    if (oldest !== undefined) this.#remembered.delete(oldest);
  }

  /** A use that is not written down is no reason to refuse it. */
  #touch(id: string, now: number): void {
    const before = this.#touchedAt.get(id);
    if (before !== undefined && now - before < TOUCH_EVERY) return;
    this.#touchedAt.set(id, now);
    this.#tokens.touch(id, now).catch(() => this.#touchedAt.delete(id));
  }
}

/** Comparing takes the same time wherever the two differ. */
function isSame(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
