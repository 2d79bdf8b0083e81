import { setAuthenticatedGroups } from './authentication.ts';
import type { Exchange, Identity, PluginEnv } from './plugin.ts';

/** What decides whether something that was found out still counts. */
export type Present = Pick<PluginEnv, 'directory' | 'now'>;

/**
 * Whom an exchange was let pass as, for others that are to pass by the same. It counts until anything
 * changes among consumers and credentials, and until it expires.
 */
export class KnownIdentity {
  readonly #identity: Identity;
  readonly #groups: readonly string[] | null;
  /** State of the directory in which that was found out. */
  readonly #directory: number;
  /** When it counts no longer, ms since the epoch. */
  readonly #until: number;

  /**
   * @param ex that has just authenticated
   * @param until when that counts no longer, ms since the epoch
   * @param groups that came with it
   */
  constructor(
    ex: Exchange,
    { directory }: Present,
    until = Infinity,
    groups: readonly string[] | null = null,
  ) {
    this.#identity = ex.identity;
    this.#groups = groups;
    this.#directory = directory.state;
    this.#until = Math.min(until, this.#identity.until);
  }

  /** Characters that it takes, roughly. */
  get size(): number {
    return this.#identity.lines.length;
  }

  counts({ directory, now }: Present): boolean {
    if (this.#directory !== directory.state) return false;
    return this.#until === Infinity || now() < this.#until;
  }

  /** Lets an exchange pass as the same. @returns whether it still counts */
  authenticate(ex: Exchange, present: Present): boolean {
    if (!this.counts(present)) return false;
    ex.authenticateAgain(this.#identity);
    if (this.#groups !== null) setAuthenticatedGroups(ex, this.#groups);
    return true;
  }
}
