import { AtHand, Room } from './at-hand.ts';
import { setAuthenticatedGroups } from './authentication.ts';
import type { Exchange, Identity, PluginEnv } from './plugin.ts';

/** Of this thread. Only what has proven something takes a place, so that nobody fills it with guesses. */
const room = new Room(4000, 4_000_000);

interface Proven {
  readonly identity: Identity;
  readonly groups: readonly string[] | null;
  /** State of the directory in which that was found out. */
  readonly directory: number;
  /** When it counts no longer, ms since the epoch. */
  readonly until: number;
}

/**
 * Whom a proof was found to stand for a moment ago, by the field that it came in, as it stands: the
 * same again needs neither be read nor verified nor looked up. Forgotten at once when anything changes
 * among consumers and credentials. One for each instance of a plugin, whose configuration it depends on.
 */
export class ProvenBefore {
  readonly #env: Pick<PluginEnv, 'directory' | 'now'>;
  readonly #atHand = new AtHand<Proven>(room);

  constructor(env: Pick<PluginEnv, 'directory' | 'now'>) {
    this.#env = env;
  }

  /** Lets whoever came with this proof before pass again. @returns whether it still counts */
  pass(ex: Exchange, proof: string): boolean {
    const proven = this.#atHand.get(proof);
    if (proven === undefined) return false;
    const { directory, now } = this.#env;
    if (proven.directory !== directory.state || now() >= proven.until) return false;
    ex.authenticateAgain(proven.identity);
    if (proven.groups !== null) setAuthenticatedGroups(ex, proven.groups);
    return true;
  }

  /**
   * Notes whom an exchange was let pass as. Only what follows from the proof alone and from what stands
   * in the directory may be noted.
   *
   * @param until when the proof counts no longer, ms since the epoch
   * @param groups that came with it
   */
  note(ex: Exchange, proof: string, until: number, groups: readonly string[] | null = null): void {
    const { identity } = ex;
    const proven = {
      identity,
      groups,
      directory: this.#env.directory.state,
      until: Math.min(until, identity.until),
    };
    this.#atHand.set(proof, proven, identity.lines.length);
  }
}
