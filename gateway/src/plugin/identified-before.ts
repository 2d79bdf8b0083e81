import { KnownIdentity, type Present } from './known-identity.ts';
import type { Exchange } from './plugin.ts';

/**
 * Whom something stood for that is looked up anew at each request, such as a credential or the claims
 * of a token: until anything changes among consumers and credentials it stands for the same. To be used
 * where nothing else but that object decides.
 */
export class IdentifiedBefore<K extends object> {
  readonly #present: Present;
  readonly #known = new WeakMap<K, KnownIdentity>();

  constructor(present: Present) {
    this.#present = present;
  }

  /** Authenticates an exchange as before. @returns whether that still counts */
  authenticate(ex: Exchange, key: K): boolean {
    const known = this.#known.get(key);
    return known !== undefined && known.authenticate(ex, this.#present);
  }

  /** Notes as whom an exchange has just authenticated. */
  note(ex: Exchange, key: K): void {
    this.#known.set(key, new KnownIdentity(ex, this.#present));
  }
}
