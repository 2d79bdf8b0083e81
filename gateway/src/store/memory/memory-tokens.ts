import type { StoredToken, TokenStore } from '../contract.ts';
import { isInForce } from '../in-force.ts';

/** Tokens in memory. What is done to them is done at once, so nothing can come in between. */
export class MemoryTokens implements TokenStore {
  #tokens: readonly StoredToken[];
  readonly #save: (tokens: readonly StoredToken[]) => void;

  /** @param save called with all tokens before a change of them counts; what it throws prevents it */
  constructor(
    tokens: readonly StoredToken[] = [],
    save: (tokens: readonly StoredToken[]) => void = () => undefined,
  ) {
    this.#tokens = tokens;
    this.#save = save;
  }

  async create(token: StoredToken): Promise<boolean> {
    const isTaken = this.#tokens.some(
      (known) => known.name === token.name && isInForce(known, token.createdAt),
    );
    if (!isTaken) this.#replace([...this.#tokens, token]);
    return Promise.resolve(!isTaken);
  }

  async createFirst(token: StoredToken): Promise<boolean> {
    if (this.#tokens.length > 0) return Promise.resolve(false);
    this.#replace([token]);
    return Promise.resolve(true);
  }

  list(): Promise<readonly StoredToken[]> {
    return Promise.resolve(this.#tokens);
  }

  byHash(hash: string): Promise<StoredToken | undefined> {
    return Promise.resolve(this.#tokens.find((token) => token.hash === hash));
  }

  async revoke(id: string, time: number): Promise<boolean> {
    const found = this.#tokens.some((token) => token.id === id && token.revokedAt === null);
    if (found) this.#change(id, { revokedAt: time });
    return Promise.resolve(found);
  }

  async touch(id: string, time: number): Promise<void> {
    this.#change(id, { lastUsedAt: time });
    return Promise.resolve();
  }

  #change(id: string, values: Partial<StoredToken>): void {
    this.#replace(this.#tokens.map((token) => (token.id === id ? { ...token, ...values } : token)));
  }

  #replace(tokens: readonly StoredToken[]): void {
    this.#save(tokens);
    this.#tokens = tokens;
  }
}
