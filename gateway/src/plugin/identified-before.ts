import type { Directory, Exchange, Identity } from './plugin.ts';

interface Identified {
  /** State of the directory in which that was found out. */
  readonly directory: number;
  readonly identity: Identity;
}

/**
 * Whom something stood for that is looked up anew at each request, such as a credential or the claims
 * of a token: until anything changes among consumers and credentials it stands for the same. To be used
 * where nothing else but that object decides.
 */
export class IdentifiedBefore<K extends object> {
  readonly #directory: Directory;
  readonly #known = new WeakMap<K, Identified>();

  constructor(directory: Directory) {
    this.#directory = directory;
  }

  /** Authenticates an exchange as before. @returns whether that still counts */
  authenticate(ex: Exchange, key: K): boolean {
    const known = this.#known.get(key);
    if (known === undefined || known.directory !== this.#directory.state) return false;
    ex.authenticateAgain(known.identity);
    return true;
  }

  /** Notes as whom an exchange has just authenticated. */
  note(ex: Exchange, key: K): void {
    this.#known.set(key, { directory: this.#directory.state, identity: ex.identity });
  }
}
